// Sign in with Apple, as the rules see it.
#pragma once

#include "shared/base/result.h"

#include <QString>

namespace server::core {

/// What Apple vouches for in an identity token.
struct AppleIdentity
{
    QString id;    ///< "sub": the same person for the same team, never empty
    QString email; ///< may be empty, and may be one that Apple forwards from
    bool isEmailVerified = false;
};

/// Checks identity tokens. Thread-safe; blocks when Apple's keys must be fetched.
class AppleVerifier
{
public:
    virtual ~AppleVerifier() = default;

    /// `nonce` is what the app gave Apple for this sign-in; empty: it gave none that we know of.
    /// Fault::Invalid "Invalid Apple token" with the reason as cause; Fault::Upstream or Timeout
    /// when Apple's keys cannot be had; Fault::Unavailable where no app of ours is configured.
    virtual base::Result<AppleIdentity> verify(const QString &identityToken,
                                               const QString &nonce) = 0;
};

} // namespace server::core
