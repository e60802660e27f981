#include "server/adapters/mail/smtp_mailer.h"

#include "server/core/accounts/opaque_token.h"
#include "shared/base/log.h"

#include <future>

namespace server::mail {

using base::Fault;

SmtpMailer::SmtpMailer(SmtpServer server, Sender from)
    : SmtpMailer(std::move(server), std::move(from), Options())
{
}

SmtpMailer::SmtpMailer(SmtpServer server, Sender from, Options options, base::Clock now)
    : m_server(std::move(server)),
      m_from(std::move(from)),
      m_options(std::move(options)),
      m_now(std::move(now)),
      m_pool("mail", 1, m_options.queue)
{
}

SmtpMailer::~SmtpMailer()
{
    close(std::chrono::milliseconds(0));
}

base::Result<> SmtpMailer::send(const core::Mail &mail)
{
    const QByteArray message = composed(mail, m_from, m_now(), core::systemRandom(16).toHex());
    if (!m_pool.submit([this, to = mail.to, message] { deliver(to, message); }))
        return base::fail(Fault::Unavailable, QStringLiteral("Too many mails are waiting"));
    return {};
}

void SmtpMailer::deliver(const QString &to, const QByteArray &message)
{
    // The address is the asker's own business: the log knows the mail by its server alone.
    const auto told = [this](const QString &cause) {
        return QJsonObject{{QStringLiteral("server"), m_server.url},
                           {QStringLiteral("cause"), cause}};
    };
    for (size_t failures = 0;; ++failures) {
        if (m_isAborted) {
            base::log::warning("mail.dropped", told(QStringLiteral("the server is stopping")));
            return;
        }
        const SmtpReport report =
            sendBySmtp(m_server, {m_from.address, to}, message, m_options.patience, m_isAborted);
        if (report.outcome == SmtpOutcome::Sent) {
            base::log::info("mail.sent");
            return;
        }
        const bool isLast = report.outcome == SmtpOutcome::Never
                            || failures == m_options.pauses.size()
                            || !pause(m_options.pauses.at(failures));
        if (isLast) {
            base::log::error("mail.failed", told(report.cause));
            return;
        }
        base::log::warning("mail.delayed", told(report.cause));
    }
}

bool SmtpMailer::pause(std::chrono::milliseconds duration)
{
    std::unique_lock lock(m_mutex);
    return !m_wake.wait_for(lock, duration, [this] { return m_isClosing; });
}

void SmtpMailer::close(std::chrono::milliseconds patience)
{
    {
        const std::lock_guard lock(m_mutex);
        m_isClosing = true;
    }
    m_wake.notify_all();
    auto emptied = std::async(std::launch::async, [this] { m_pool.stop(); });
    if (emptied.wait_for(patience) != std::future_status::ready)
        m_isAborted = true; // ends what is under way, and drops the rest
    emptied.wait();
}

} // namespace server::mail
