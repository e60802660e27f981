#include "console/app/wiring.h"

namespace console::app {

Wiring::Wiring(const Options &options, QSettings &settings, api::TokenStore &tokens)
    : m_options(options),
      m_settings(settings),
      m_feed([this](QObject *context, api::LiveFeed::TicketTaken taken) {
          m_client.fetchTicket(context, std::move(taken));
      }),
      m_desk(m_client, m_feed),
      m_window({m_client, tokens, m_desk, m_settings}),
      m_autopilot(options, m_window, m_desk)
{
    connect(&m_desk, &models::LiveDesk::audioReceived, &m_player, &audio::ListenPlayer::push);
    connect(&m_desk, &models::LiveDesk::listeningChanged, this, &Wiring::followListening);
    connect(&m_player, &audio::ListenPlayer::failed, this, [this](const QString &message) {
        m_autopilot.giveUpListening();
        m_desk.stopListening();
        m_window.showNotice(message);
    });
    connect(&m_autopilot, &Autopilot::finished, this, &Wiring::finished);
    connect(&m_autopilot, &Autopilot::screenshotFailed, &m_window, &MainWindow::showNotice);
}

void Wiring::followListening()
{
    // Each agreement of the server begins a new stream, so the player begins anew too.
    if (m_desk.isHearing())
        m_player.start();
    else
        m_player.stop();
}

void Wiring::start(const base::Secret &password)
{
    if (!m_options.server.isEmpty())
        m_settings.setServer(m_options.server.toString());
    if (!m_options.email.isEmpty())
        m_settings.setEmail(m_options.email);
    m_window.show();
    if (!m_options.email.isEmpty() && !password.isEmpty() && !m_options.server.isEmpty())
        m_window.signIn(m_options.server, m_options.email, password);
    else
        m_window.resumeSession();
}

} // namespace console::app
