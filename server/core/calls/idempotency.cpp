#include "server/core/calls/idempotency.h"

#include <QCryptographicHash>

namespace server::core {

base::Result<IdempotentAnswer> runOnce(IdempotencyStore &store, const IdempotentRequest &request,
                                       const QDateTime &now,
                                       const std::function<IdempotentAnswer()> &work)
{
    constexpr int kLongestKey = 255;
    if (request.key.isEmpty() || request.key.size() > kLongestKey)
        return base::fail(base::Fault::Invalid,
                          QStringLiteral("Idempotency-Key must have 1 to 255 characters"));
    const QByteArray hash = QCryptographicHash::hash(request.content, QCryptographicHash::Sha256);
    const auto earlier = store.claim(request.user, request.route, request.key, hash, now);
    if (!earlier)
        return failed(earlier);
    if (*earlier) {
        const IdempotencyStore::Entry &entry = **earlier;
        if (entry.requestHash != hash)
            return base::fail(base::Fault::Unprocessable,
                              QStringLiteral("This Idempotency-Key was used for another request"));
        if (entry.status == 0)
            return base::fail(
                base::Fault::Conflict,
                QStringLiteral("A request with this Idempotency-Key is still being worked on"));
        return IdempotentAnswer{entry.status, entry.body, true};
    }

    IdempotentAnswer answer = work();
    const auto stored =
        answer.status >= 500
            ? store.abandon(request.user, request.route, request.key)
            : store.settle(request.user, request.route, request.key, answer.status, answer.body);
    if (!stored)
        return failed(stored);
    return answer;
}

} // namespace server::core
