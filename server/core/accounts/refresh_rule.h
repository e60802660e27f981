// Whether a presented refresh token may be exchanged for new tokens.
#pragma once

#include "server/core/accounts/account_ports.h"

#include <QDateTime>

#include <chrono>

namespace server::core {

enum class RefreshMode {
    Lenient, ///< a used token stays good until it expires: the mobile app keeps the first one it
             ///< was given
    Strict   ///< one use; a second one, after a short window for retries, ends the family
};

/// How long a client may repeat a refresh whose answer it never saw.
constexpr std::chrono::seconds strictRetryWindow{60};

/// Pure. A revoked token that is presented again means that somebody else may hold it, so its
/// family ends.
RefreshVerdict judgeRefresh(const RefreshToken &token, const Account &account, const QDateTime &now,
                            RefreshMode mode);

} // namespace server::core
