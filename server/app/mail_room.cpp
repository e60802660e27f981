#include "server/app/mail_room.h"

#include <QDir>

namespace server::app {

MailRoom::MailRoom(const Config &config)
{
    const mail::Sender from =
        mail::Sender::parse(config.mailFrom)
            .value_or(mail::Sender{QStringLiteral("Speech Assistant"),
                                   QStringLiteral("noreply@speech-assistant.invalid")});
    if (auto server = mail::SmtpServer::parse(config.smtpUrl))
        m_smtp = std::make_unique<mail::SmtpMailer>(std::move(*server), from);
    else if (config.isDevelopment)
        m_outbox = std::make_unique<mail::FileOutbox>(
            QDir(config.dataFolder).absoluteFilePath(QStringLiteral("outbox")), from);
}

core::Mailer *MailRoom::mailer() const
{
    if (m_smtp)
        return m_smtp.get();
    return m_outbox.get();
}

void MailRoom::close(std::chrono::milliseconds patience)
{
    if (m_smtp)
        m_smtp->close(patience);
}

} // namespace server::app
