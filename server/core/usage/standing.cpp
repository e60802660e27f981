#include "server/core/usage/standing.h"

#include <algorithm>
#include <array>

namespace server::core {

namespace {

constexpr qint64 kWeek = qint64(7) * 24 * 60 * 60;
constexpr qint64 kMonth = qint64(30) * 24 * 60 * 60;

constexpr std::array<const char *, 6> kStatuses{"active",       "cancelled", "billing_retry",
                                                "grace_period", "expired",   "pending"};
constexpr std::array<const char *, 4> kSources{"staff", "subscription", "trial", "addon"};

template <typename Enum, size_t size>
std::optional<Enum> fromText(const std::array<const char *, size> &names, const QString &text)
{
    for (size_t i = 0; i < size; ++i) {
        if (text == QLatin1String(names[i]))
            return Enum(i);
    }
    return std::nullopt;
}

QString dayOf(const QDateTime &time)
{
    return time.toUTC().date().toString(Qt::ISODate);
}

/// Moves `start` on by whole periods so that `now` lies within the one that begins there; true when
/// it moved. A clock that went backwards moves nothing.
bool roll(QDateTime &start, qint64 period, const QDateTime &now)
{
    const qint64 passed = start.secsTo(now);
    if (passed < period)
        return false;
    start = start.addSecs(passed / period * period);
    return true;
}

void lower(int &count)
{
    count = std::max(0, count - 1);
}

} // namespace

QString toText(SubscriptionStatus status)
{
    return QLatin1String(kStatuses[size_t(status)]);
}

std::optional<SubscriptionStatus> subscriptionStatusFromText(const QString &text)
{
    return fromText<SubscriptionStatus>(kStatuses, text);
}

QString toText(ChargeSource source)
{
    return QLatin1String(kSources[size_t(source)]);
}

std::optional<ChargeSource> chargeSourceFromText(const QString &text)
{
    return fromText<ChargeSource>(kSources, text);
}

Standing freshStanding(base::UserId user, Platform platform, bool isStaff,
                       const PlanCatalogue &catalogue, const QDateTime &now)
{
    Standing standing;
    standing.user = user;
    standing.platform = platform;
    standing.isStaff = isStaff;
    standing.trialStartedAt = now;
    standing.trialEndsAt = now.addDays(catalogue.trialOf(platform).trialLength.count());
    standing.counters.day = dayOf(now);
    standing.counters.weekStart = now;
    standing.counters.monthStart = now;
    return standing;
}

void settle(Standing &standing, const QDateTime &now)
{
    Counters &counters = standing.counters;
    const QString today = dayOf(now);
    if (counters.day < today) {
        counters.day = today;
        counters.callsToday = 0;
    }
    if (roll(counters.weekStart, kWeek, now))
        counters.callsWeek = counters.quotaWeek = counters.secondsWeek = 0;
    if (roll(counters.monthStart, kMonth, now))
        counters.callsMonth = counters.quotaMonth = counters.secondsMonth = 0;
    if (standing.addonExpiresAt.isValid() && now >= standing.addonExpiresAt) {
        standing.addonCalls = 0;
        standing.addonExpiresAt = {};
    }
}

Charge take(Standing &standing, ChargeSource source)
{
    Counters &counters = standing.counters;
    ++counters.callsToday;
    ++counters.callsWeek;
    ++counters.callsMonth;
    ++counters.callsTotal;
    if (source == ChargeSource::Subscription) {
        ++counters.quotaWeek;
        ++counters.quotaMonth;
    } else if (source == ChargeSource::Trial) {
        ++standing.trialUsed;
    } else if (source == ChargeSource::Addon) {
        --standing.addonCalls;
    }
    return {source, counters.day, counters.weekStart, counters.monthStart};
}

void giveBack(Standing &standing, const Charge &charge, const QDateTime &now)
{
    Counters &counters = standing.counters;
    const bool isQuota = charge.source == ChargeSource::Subscription;
    lower(counters.callsTotal);
    if (charge.day == counters.day)
        lower(counters.callsToday);
    if (charge.weekStart == counters.weekStart) {
        lower(counters.callsWeek);
        if (isQuota)
            lower(counters.quotaWeek);
    }
    if (charge.monthStart == counters.monthStart) {
        lower(counters.callsMonth);
        if (isQuota)
            lower(counters.quotaMonth);
    }
    if (charge.source == ChargeSource::Trial)
        lower(standing.trialUsed);
    if (charge.source == ChargeSource::Addon && standing.addonExpiresAt > now)
        ++standing.addonCalls;
}

void addSeconds(Standing &standing, const Charge &charge, int seconds)
{
    Counters &counters = standing.counters;
    if (charge.weekStart == counters.weekStart)
        counters.secondsWeek = std::max(0, counters.secondsWeek + seconds);
    if (charge.monthStart == counters.monthStart)
        counters.secondsMonth = std::max(0, counters.secondsMonth + seconds);
}

void subscribe(Standing &standing, const Subscription &subscription)
{
    standing.subscription = subscription;
    Counters &counters = standing.counters;
    counters.weekStart = counters.monthStart = subscription.startedAt;
    counters.callsWeek = counters.callsMonth = 0;
    counters.quotaWeek = counters.quotaMonth = 0;
    counters.secondsWeek = counters.secondsMonth = 0;
}

} // namespace server::core
