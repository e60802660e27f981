// How the calendar provider behaves, and what shall go wrong with it.
#pragma once

#include <QByteArray>
#include <QString>

#include <chrono>
#include <optional>

namespace sandbox {

struct GoogleSettings
{
    QByteArray clientId = "sandbox.apps.googleusercontent.com";
    QByteArray clientSecret = "sandbox-google-secret";
    QString account = QStringLiteral("owner@example.com"); ///< signed in at first
    QByteArray timeZone = "America/Denver";                ///< of every calendar
    std::chrono::seconds tokenLifetime{3'599};
    int largestPage = 250; ///< events on a page, however many were asked for
};

struct GoogleFault
{
    enum class Kind {
        Slow,    ///< the answer comes `after` later
        Failing, ///< 500
        Rate,    ///< 403: too fast, worth another try
        Quota,   ///< 403: used up for today
        TooMany, ///< 429
        Garbage, ///< 200 with something that is no JSON
        Drop,    ///< the connection ends without an answer, nothing was done
        Lost     ///< it was done, but the connection ends without an answer
    };
    Kind kind = Kind::Slow;
    std::chrono::milliseconds after{2'000};
    int count = 1; ///< how many requests it hits; -1: all from now on
    /// Hits only requests that begin so: "POST /calendar/v3/"; empty: all.
    QByteArray only = {};
};

/// "slow", "500", "rate", "quota", "429", "garbage", "drop" or "lost".
std::optional<GoogleFault::Kind> googleFaultKind(const QString &name);

} // namespace sandbox
