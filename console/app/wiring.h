// Who gets which object, and in which order they live and end.
#pragma once

#include "console/api/api_client.h"
#include "console/api/live_feed.h"
#include "console/api/token_store.h"
#include "console/app/autopilot.h"
#include "console/app/main_window.h"
#include "console/app/options.h"
#include "console/app/settings.h"
#include "console/audio/listen_player.h"
#include "console/models/live_desk.h"

#include <QObject>
#include <QSettings>

namespace console::app {

/// The whole console but for QApplication. Members stand in the order of their dependence, so that
/// each ends before what it needs. GUI thread.
class Wiring final : public QObject
{
    Q_OBJECT

public:
    /// `settings` and `tokens` must outlive it.
    Wiring(const Options &options, QSettings &settings, api::TokenStore &tokens);

    /// Shows the window and signs in if that was asked for. `password` belongs to options.email.
    void start(const base::Secret &password);

    MainWindow &window() { return m_window; }
    models::LiveDesk &desk() { return m_desk; }
    api::LiveFeed &feed() { return m_feed; }
    audio::ListenPlayer &player() { return m_player; }

signals:
    void finished();

private:
    void followListening();

    Options m_options;
    Settings m_settings;
    api::ApiClient m_client;
    api::LiveFeed m_feed;
    models::LiveDesk m_desk;
    audio::ListenPlayer m_player;
    MainWindow m_window;
    Autopilot m_autopilot;
};

} // namespace console::app
