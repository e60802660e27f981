// A request that is sent twice happens once (IETF draft "The Idempotency-Key HTTP Header Field").
#pragma once

#include "server/core/calls/idempotency_ports.h"
#include "shared/base/clock.h"

#include <functional>
#include <utility>

namespace server::core {

struct IdempotentRequest
{
    base::UserId user;
    QString route;
    QString key;
    QByteArray content; ///< what must be the same for the request to be the same
};

struct IdempotentAnswer
{
    int status = 0;
    QByteArray body;
    bool isReplay = false;
};

/// Runs `work` once per key. A repeat gets the first answer again; Fault::Conflict while the first
/// is under way, Fault::Unprocessable when the key was used for something else. An answer of 500 or
/// above is not remembered.
base::Result<IdempotentAnswer> runOnce(IdempotencyStore &store, const IdempotentRequest &request,
                                       const QDateTime &now,
                                       const std::function<IdempotentAnswer()> &work);

} // namespace server::core
