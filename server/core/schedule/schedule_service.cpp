#include "server/core/schedule/schedule_service.h"

#include "server/core/numbers/phone_number.h"
#include "shared/base/log.h"

#include <array>

namespace server::core {

using base::Fault;
using base::Result;

namespace {

constexpr int kBatch = 20;
constexpr qint64 kClaimSeconds = 120; // dialling takes ten at most; then its server is gone
constexpr qint64 kRetrySeconds = 60;
constexpr qint64 kFurthestDays = 366;

constexpr std::array<const char *, 6> kStatuses{"scheduled", "placing", "placed",
                                                "missed",    "failed",  "cancelled"};

bool isWorthAnotherTry(Fault fault)
{
    return fault == Fault::Upstream || fault == Fault::Timeout || fault == Fault::Unavailable;
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
    const qint64 latest = m_ports.usage.catalogue()->rules().scheduleMissed.count() * 60;
    if (dueAt.addSecs(latest) < now)
        return base::fail(Fault::Unprocessable,
                          QStringLiteral("scheduled_time must not lie in the past"));
    const auto view = m_ports.usage.look(owner);
    if (!view)
        return failed(view);
    if (!view->verdict.isAllowed)
        return base::fail(Fault::PaymentRequired, view->verdict.message, view->verdict.status);
    ScheduledCall call;
    call.owner = owner;
    call.phoneNumber = number->e164();
    call.scenario = scenario;
    call.dueAt = dueAt;
    call.createdAt = now;
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

Result<int> ScheduleService::placeDue() const
{
    const QDateTime now = m_ports.now();
    const auto due = m_ports.store.claimDue(now, now.addSecs(-kClaimSeconds), kBatch);
    if (!due)
        return failed(due);
    for (const ScheduledCall &call : *due) {
        if (const auto placed = place(call, now); !placed)
            base::log::error("schedule.not_settled",
                             {{QStringLiteral("schedule"), call.id},
                              {QStringLiteral("cause"), placed.error().cause}});
    }
    return int(due->size());
}

Result<> ScheduleService::place(const ScheduledCall &call, const QDateTime &now) const
{
    const qint64 latest = m_ports.usage.catalogue()->rules().scheduleMissed.count() * 60;
    if (call.dueAt.addSecs(latest) < now)
        return m_ports.store.settle(call.id, ScheduleStatus::Missed, {}, call.note);
    const auto placed = m_ports.calls.place(
        {call.owner, call.account, call.accountName, call.phoneNumber, call.scenario, call.id});
    if (placed)
        return m_ports.store.settle(call.id, ScheduleStatus::Placed, placed->id, {});
    const base::Error &error = placed.error();
    // Whoever claimed it before us had reserved its call and was lost: it may have rung, so it is
    // not placed again.
    if (error.fault == Fault::Conflict)
        return m_ports.store.settle(call.id, ScheduleStatus::Placed, {}, {});
    if (isWorthAnotherTry(error.fault))
        return m_ports.store.postpone(call.id, now.addSecs(kRetrySeconds), error.message);
    return m_ports.store.settle(call.id, ScheduleStatus::Failed, {}, error.message);
}

} // namespace server::core
