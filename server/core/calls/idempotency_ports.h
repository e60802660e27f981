// Where answers are kept that are given once.
#pragma once

#include "shared/base/ids.h"
#include "shared/base/result.h"

#include <QByteArray>
#include <QDateTime>

#include <optional>

namespace server::core {

/// Remembers the answers to requests that carried an Idempotency-Key. Thread-safe.
class IdempotencyStore
{
public:
    virtual ~IdempotencyStore() = default;
    struct Entry
    {
        QByteArray requestHash;
        int status = 0; ///< 0: the first request is still being worked on
        QByteArray body;
    };
    /// Claims the key; when somebody has it already, what is known of that request.
    virtual base::Result<std::optional<Entry>> claim(base::UserId user, const QString &route,
                                                     const QString &key,
                                                     const QByteArray &requestHash,
                                                     const QDateTime &now) = 0;
    virtual base::Result<void> settle(base::UserId user, const QString &route, const QString &key,
                                      int status, const QByteArray &body) = 0;
    /// The request came to nothing: the key may be used again.
    virtual base::Result<void> abandon(base::UserId user, const QString &route,
                                       const QString &key) = 0;
};

} // namespace server::core
