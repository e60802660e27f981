#include "server/adapters/store/payment_event_store.h"

namespace server::store {

using base::Result;

namespace {

constexpr qsizetype kLongestFailure = 500;

// Of two deliveries at a time the second waits here for the first to commit, and then finds it
// processed.
const Sql kEventTake(QStringLiteral(
    "INSERT INTO payment_events (source, event_id, event_type, occurred_at, received_at, "
    "processed_at) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (source, event_id) DO UPDATE SET "
    "processed_at = excluded.processed_at, failure = '' "
    "WHERE payment_events.processed_at IS NULL"));
const Sql kNoteFailure(QStringLiteral(
    "INSERT INTO payment_events (source, event_id, event_type, occurred_at, received_at, failure) "
    "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (source, event_id) DO UPDATE SET "
    "failure = excluded.failure WHERE payment_events.processed_at IS NULL"));
const Sql kRemoveBefore(QStringLiteral("DELETE FROM payment_events WHERE received_at < ?"));

} // namespace

Result<bool> SqlPaymentEventStore::once(const core::PaymentEventKey &key, const QDateTime &now,
                                        const core::BillingStore::Work &work)
{
    return m_database.session().transaction([&](Session &session) -> Result<bool> {
        const auto taken =
            session.execute(kEventTake, {key.source, key.id, key.type, key.occurredAt, now, now});
        if (!taken)
            return base::failed(taken);
        if (taken->affected == 0)
            return false;
        if (const auto done = work(); !done)
            return base::failed(done);
        return true;
    });
}

Result<> SqlPaymentEventStore::noteFailure(const core::PaymentEventKey &key, const QDateTime &now,
                                           const QString &why)
{
    return ignoreRows(
        m_database.session().execute(kNoteFailure, {key.source, key.id, key.type, key.occurredAt,
                                                    now, why.left(kLongestFailure)}));
}

Result<int> SqlPaymentEventStore::removeBefore(const QDateTime &time)
{
    const auto removed = m_database.session().execute(kRemoveBefore, {time});
    if (!removed)
        return base::failed(removed);
    return removed->affected;
}

} // namespace server::store
