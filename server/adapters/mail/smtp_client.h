// One mail to one mail server (RFC 5321, RFC 8314).
#pragma once

#include "shared/base/result.h"
#include "shared/base/secret.h"

#include <QByteArray>
#include <QString>

#include <atomic>
#include <chrono>
#include <optional>

namespace server::mail {

/// A mail server and how to sign in there.
struct SmtpServer
{
    QString url;  ///< smtp://host:port or smtps://host:port, without user or password
    QString user; ///< empty: no sign-in
    base::Secret password;
    /// Without TLS nothing is sent: whenever there is a password, but for a server on this machine.
    bool needsTls = false;

    /// From smtp(s)://user:password@host:port; nothing for anything else.
    static std::optional<SmtpServer> parse(const base::Secret &text);
};

struct Envelope
{
    QString from; ///< address
    QString to;   ///< address
};

/// How an attempt came out.
enum class SmtpOutcome {
    Sent,
    Later, ///< could not be reached, or said so itself (4xx): worth another try
    Never  ///< refused for good (5xx), or not allowed to send without TLS
};

struct SmtpReport
{
    SmtpOutcome outcome = SmtpOutcome::Later;
    QString cause; ///< for the log
};

/// Sends one message. Blocks for up to `patience`; gives up at once when `isAborted` turns true.
/// Any thread.
SmtpReport sendBySmtp(const SmtpServer &server, const Envelope &envelope, const QByteArray &message,
                      std::chrono::milliseconds patience, const std::atomic<bool> &isAborted);

} // namespace server::mail
