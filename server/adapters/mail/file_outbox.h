// Mails as files, for a desk without a mail server.
#pragma once

#include "server/adapters/mail/mail_message.h"
#include "shared/base/clock.h"

namespace server::mail {

/// Writes each mail to {folder}/{time}-{random}.eml, which mail programs open. Thread-safe; blocks
/// for as long as writing a small file takes.
class FileOutbox final : public core::Mailer
{
public:
    FileOutbox(QString folder, Sender from, base::Clock now = base::utcNow)
        : m_folder(std::move(folder)), m_from(std::move(from)), m_now(std::move(now))
    {
    }

    /// Fault::Unavailable when the file cannot be written.
    base::Result<> send(const core::Mail &mail) override;

private:
    const QString m_folder;
    const Sender m_from;
    const base::Clock m_now;
};

} // namespace server::mail
