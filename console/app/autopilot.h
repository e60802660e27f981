// What the command line asked to happen by itself: selecting, listening, taking a picture.
#pragma once

#include "console/app/main_window.h"
#include "console/app/options.h"

#include <QObject>
#include <QTimer>

namespace console::app {

/// Works the window as a person would, for demonstrations and tests. The window and the desk must
/// outlive it. GUI thread.
class Autopilot final : public QObject
{
    Q_OBJECT

public:
    Autopilot(Options options, MainWindow &window, models::LiveDesk &desk,
              QObject *parent = nullptr);

    /// No sound output: listening by itself would fail again with each call.
    void giveUpListening() { m_options.listenFirst = false; }

signals:
    /// The picture is saved and the program is to end.
    void finished();
    void screenshotFailed(const QString &message);

private:
    void look();
    void selectFirst();
    void listenFirst();
    bool isPictureReady() const;
    void takePicture();

    Options m_options;
    MainWindow &m_window;
    models::LiveDesk &m_desk;
    QTimer m_look;
    QTimer m_deadline;
    bool m_isPictureDue = false; ///< the last two seconds are running
};

} // namespace console::app
