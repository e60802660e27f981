#include "server/core/schedule/schedule_service.h"

#include "server/core/numbers/phone_number.h"
#include "shared/base/log.h"

#include <array>

namespace server::core {

using base::Fault;
using base::Result;

namespace {

// Whoever holds a claim begins to dial in its first half, and a request takes ten seconds at most:
// after all of it nothing more can come of it.
constexpr qint64 kClaimSeconds = 30;
constexpr qint64 kDialSeconds = kClaimSeconds / 2;
constexpr int kMostAttempts = 3;
constexpr qint64 kRetrySeconds = 60; // and twice as long after each further attempt
constexpr qint64 kFurthestDays = 366;

constexpr std::array<const char *, 6> kStatuses{"scheduled", "placing", "placed",
                                                "missed",    "failed",  "cancelled"};

bool isWorthAnotherTry(Fault fault)
{
    return fault == Fault::Upstream || fault == Fault::Unavailable;
}

} // namespace

QString toText(ScheduleStatus status)
{
    return QLatin1String(kStatuses[size_t(status)]);
}

std::optional<ScheduleStatus> scheduleStatusFromText(const QString &text)
{
    for (size_t i = 0; i < kStatuses.size(); ++i) {
        if (text == QLatin1String(kStatuses[i]))
            return ScheduleStatus(i);
    }
    return std::nullopt;
}

Result<ScheduledCall> ScheduleService::schedule(base::UserId owner, const QString &phoneNumber,
                                                const QString &scenario,
                                                const QDateTime &dueAt) const
{
    const QDateTime now = m_ports.now();
    const auto number = PhoneNumber::parse(phoneNumber);
    if (!number)
        return failed(number);
    if (const auto checked = m_ports.calls.checkScenario(owner, scenario); !checked)
        return failed(checked);
    if (dueAt > now.addDays(kFurthestDays))
        return base::fail(Fault::Unprocessable,
                          QStringLiteral("scheduled_time must lie within a year from now"));
    ScheduledCall call;
    call.owner = owner;
    call.phoneNumber = number->e164();
    call.scenario = scenario;
    call.dueAt = dueAt;
    call.createdAt = now;
    if (latestFor(call) < now)
        return base::fail(Fault::Unprocessable,
                          QStringLiteral("scheduled_time must not lie in the past"));
    if (const auto allowed = m_ports.rules.check(owner, call.phoneNumber, dueAt); !allowed) {
        base::Error error = allowed.error();
        if (error.cause == QLatin1String("quiet_hours"))
            error.fault = Fault::Unprocessable; // it is the time that is wrong
        return tl::unexpected(error);
    }
    const auto view = m_ports.usage.look(owner);
    if (!view)
        return failed(view);
    if (!view->verdict.isAllowed)
        return base::fail(Fault::PaymentRequired, view->verdict.message, view->verdict.status);
    return m_ports.store.add(call);
}

Result<std::vector<ScheduledCall>> ScheduleService::ofOwner(base::UserId owner, int limit,
                                                            int offset) const
{
    return m_ports.store.ofOwner(owner, limit, offset);
}

Result<> ScheduleService::cancel(base::UserId owner, qint64 id) const
{
    const auto cancelled = m_ports.store.cancel(owner, id);
    if (!cancelled)
        return failed(cancelled);
    return *cancelled ? Result<>()
                      : base::fail(Fault::NotFound, QStringLiteral("Scheduled call not found"));
}

QDateTime ScheduleService::latestFor(const ScheduledCall &call) const
{
    return call.dueAt.addSecs(m_ports.usage.catalogue()->rules().scheduleMissed.count() * 60);
}

Result<bool> ScheduleService::placeNext() const
{
    const QDateTime now = m_ports.now();
    const auto due = m_ports.store.claimDue(now, now.addSecs(-kClaimSeconds), 1);
    if (!due)
        return failed(due);
    for (const ScheduledCall &call : *due) {
        const auto done = call.call.isValid() ? resume(call, now) : place(call, now);
        if (!done) // the claim grows stale, and somebody else takes over
            base::log::error("schedule.not_settled",
                             {{QStringLiteral("schedule"), call.id},
                              {QStringLiteral("cause"), done.error().cause}});
    }
    return !due->empty();
}

Result<> ScheduleService::place(const ScheduledCall &call, const QDateTime &now) const
{
    const QDateTime latest = latestFor(call);
    if (latest < now)
        return m_ports.store.settle(call.id, ScheduleStatus::Missed, {}, call.note);
    // The rules may have changed since it was scheduled.
    const auto allowed = m_ports.rules.allowedFrom(call.owner, call.phoneNumber, now);
    if (!allowed)
        return failed(allowed);
    if (*allowed > now) {
        const QString note = QStringLiteral("It was quiet time at this number");
        if (*allowed > latest)
            return m_ports.store.settle(call.id, ScheduleStatus::Missed, {}, note);
        ScheduledCall untried = call;
        --untried.attempts;
        return m_ports.store.postpone(untried, *allowed, note);
    }
    CallOrder order{call.owner,       call.account,  call.accountName,
                    call.phoneNumber, call.scenario, call.id};
    order.dialUntil = now.addSecs(kDialSeconds);
    return settle(call, m_ports.calls.place(order), now);
}

Result<> ScheduleService::resume(const ScheduledCall &call, const QDateTime &now) const
{
    const bool isTooLate = latestFor(call) < now;
    const auto placed =
        m_ports.calls.resume(call.call, isTooLate ? latestFor(call) : now.addSecs(kDialSeconds));
    if (placed || !isTooLate)
        return settle(call, placed, now);
    if (auto given = m_ports.calls.abandon(call.call, QStringLiteral("missed")); !given)
        return given;
    return m_ports.store.settle(call.id, ScheduleStatus::Missed, call.call, call.note);
}

Result<> ScheduleService::settle(const ScheduledCall &call, const Result<Call> &placed,
                                 const QDateTime &now) const
{
    if (placed)
        return m_ports.store.settle(call.id, ScheduleStatus::Placed, placed->id, {});
    const base::Error &error = placed.error();
    // Timeout: nobody knows whether it rings. Conflict: somebody has reserved its call meanwhile.
    // The claim grows stale, and whoever takes it over finds out.
    if (error.fault == Fault::Timeout || error.fault == Fault::Conflict)
        return {};
    const bool wasRefusedBefore = error.fault == Fault::NotFound && call.call.isValid();
    if (wasRefusedBefore || isWorthAnotherTry(error.fault))
        return tryAgain(call, error.message, now);
    return m_ports.store.settle(call.id, ScheduleStatus::Failed, {}, error.message);
}

Result<> ScheduleService::tryAgain(const ScheduledCall &call, const QString &note,
                                   const QDateTime &now) const
{
    if (call.attempts >= kMostAttempts)
        return m_ports.store.settle(call.id, ScheduleStatus::Failed, {}, note);
    const qint64 pause = kRetrySeconds << std::max(call.attempts - 1, 0);
    return m_ports.store.postpone(call, now.addSecs(pause), note);
}

} // namespace server::core
