// How this server sends mail, if it does.
#pragma once

#include "server/adapters/mail/file_outbox.h"
#include "server/adapters/mail/smtp_mailer.h"
#include "server/app/config.h"

#include <memory>

namespace server::app {

/// By SMTP where SMTP_URL says so, into files of DATA_DIR/outbox in development, else not at all.
class MailRoom
{
public:
    explicit MailRoom(const Config &config);

    /// Null where no mail can be sent.
    core::Mailer *mailer() const;
    /// Gives what waits a last chance; see SmtpMailer::close().
    void close(std::chrono::milliseconds patience);

private:
    std::unique_ptr<mail::SmtpMailer> m_smtp;
    std::unique_ptr<mail::FileOutbox> m_outbox;
};

} // namespace server::app
