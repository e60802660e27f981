// What stands between sign-up and robots.
#pragma once

#include "shared/base/result.h"

#include <QString>

namespace server::core {

/// Asks whether a person stands behind a request. Thread-safe; blocks until it knows.
class Captcha
{
public:
    virtual ~Captcha() = default;

    /// Fault::Invalid "CAPTCHA verification required" without a token, "CAPTCHA verification
    /// failed" for one that is not accepted; Fault::Upstream when it could not be asked. Good at
    /// once where no captcha is configured.
    virtual base::Result<> check(const QString &token, const QString &peer) = 0;

    /// What a sign-up page shows its captcha with; empty where none is configured.
    virtual QString siteKey() const = 0;
};

} // namespace server::core
