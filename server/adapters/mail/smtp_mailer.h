// Mails that leave by SMTP, off the path of any request.
#pragma once

#include "server/adapters/mail/mail_message.h"
#include "server/adapters/mail/smtp_client.h"
#include "shared/base/clock.h"
#include "shared/base/worker_pool.h"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <vector>

namespace server::mail {

/// Queues mails and sends them one after the other on a thread of its own. Thread-safe; send()
/// never waits.
///
/// A mail that could not be handed over is tried again after each of the pauses, then given up,
/// which the log says; the mails behind it wait meanwhile, as the server is the same for all.
class SmtpMailer final : public core::Mailer
{
public:
    struct Options
    {
        std::vector<std::chrono::milliseconds> pauses{
            std::chrono::seconds(2), std::chrono::seconds(10), std::chrono::seconds(30)};
        std::chrono::milliseconds patience{20'000}; ///< for one try
        size_t queue = 1000;
    };

    SmtpMailer(SmtpServer server, Sender from);
    SmtpMailer(SmtpServer server, Sender from, Options options, base::Clock now = base::utcNow);
    ~SmtpMailer() override;

    /// Fault::Unavailable when too many mails wait.
    base::Result<> send(const core::Mail &mail) override;

    /// Takes no more mails; what waits gets one try each until `patience` has passed, the rest is
    /// dropped with a word in the log. Returns when the thread has ended.
    void close(std::chrono::milliseconds patience);

private:
    void deliver(const QString &to, const QByteArray &message);
    /// False when there is no time for a pause any more.
    bool pause(std::chrono::milliseconds duration);

    const SmtpServer m_server;
    const Sender m_from;
    const Options m_options;
    const base::Clock m_now;

    std::mutex m_mutex;
    std::condition_variable m_wake;
    bool m_isClosing = false;
    std::atomic<bool> m_isAborted = false;
    base::WorkerPool m_pool; ///< last: its thread uses all of the above
};

} // namespace server::mail
