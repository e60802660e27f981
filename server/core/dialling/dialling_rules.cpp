#include "server/core/dialling/dialling_rules.h"

namespace server::core {

using base::Fault;
using base::Result;

namespace {

/// Those that the number may be in, else the account's.
QList<QTimeZone> zonesFor(const NumberPlace &place, const CallingRules &rules)
{
    if (!place.zones.isEmpty())
        return place.zones;
    const QTimeZone own(rules.timeZone.toUtf8());
    return {own.isValid() ? own : QTimeZone::utc()};
}

} // namespace

bool DiallingRules::isDisclosureDue(const NumberPlace &place) const
{
    return m_tables.disclosurePlaces.contains(place.country)
           || m_tables.disclosurePlaces.contains(place.region);
}

Result<CallTerms> DiallingRules::termsFor(base::UserId owner, CallDirection direction,
                                          const QString &number,
                                          std::optional<AiDisclosure> ofScenario) const
{
    CallingRules rules; // of a call that is nobody's
    if (owner.isValid()) {
        auto own = m_ports.store.rulesOf(owner);
        if (!own)
            return failed(own);
        rules = std::move(*own);
    }
    CallTerms terms;
    const AiDisclosure disclosure = ofScenario.value_or(rules.aiDisclosure);
    // Whoever calls us has chosen to; only where it is said always, is it said to them.
    const bool isByNumber =
        disclosure == AiDisclosure::ByNumber && direction == CallDirection::Outbound;
    terms.mustDiscloseAi = disclosure == AiDisclosure::Always
                           || (isByNumber && isDisclosureDue(m_tables.places.placeOf(number)));
    terms.isRecorded = rules.recordingConsent != RecordingConsent::Off;
    terms.mustAnnounceRecording = rules.recordingConsent == RecordingConsent::Announce;
    return terms;
}

QDateTime DiallingRules::allowedFrom(const CallingRules &rules, const QString &number,
                                     const QDateTime &at) const
{
    if (!rules.quietHours)
        return at;
    return core::allowedFrom(*rules.quietHours, zonesFor(m_tables.places.placeOf(number), rules),
                             at);
}

Result<QDateTime> DiallingRules::allowedFrom(base::UserId owner, const QString &number,
                                             const QDateTime &at) const
{
    const auto rules = m_ports.store.rulesOf(owner);
    if (!rules)
        return failed(rules);
    return allowedFrom(*rules, number, at);
}

Result<> DiallingRules::checkClock(const CallingRules &rules, const QString &number,
                                   const QDateTime &at) const
{
    const QDateTime allowed = allowedFrom(rules, number, at);
    if (allowed <= at)
        return {};
    const QTimeZone zone = zonesFor(m_tables.places.placeOf(number), rules).first();
    return base::fail(Fault::Forbidden,
                      m_ports.plans.current()->message(
                          "quiet_hours", {{QStringLiteral("allowed_from"),
                                           allowed.toTimeZone(zone).toString(Qt::ISODate)}}),
                      QStringLiteral("quiet_hours"));
}

Result<> DiallingRules::check(base::UserId owner, const QString &number, const QDateTime &at) const
{
    const auto optOut = m_ports.optOuts.find(number);
    if (!optOut)
        return failed(optOut);
    if (*optOut)
        return refusedForGood();
    const auto rules = m_ports.store.rulesOf(owner);
    if (!rules)
        return failed(rules);
    return checkClock(*rules, number, at);
}

Result<> DiallingRules::refusedForGood() const
{
    return base::fail(Fault::Forbidden, m_ports.plans.current()->message("opted_out"),
                      QStringLiteral("opted_out"));
}

Result<> DiallingRules::admit(base::UserId owner, const QString &number) const
{
    const QDateTime now = m_ports.now();
    const auto history = m_ports.store.history(owner, number, now);
    if (!history)
        return failed(history);
    if (history->hasOptedOut)
        return refusedForGood();
    const auto rules = m_ports.store.rulesOf(owner);
    if (!rules)
        return failed(rules);
    if (auto clock = checkClock(*rules, number, now); !clock)
        return clock;
    const auto plans = m_ports.plans.current();
    const auto within = [&](int made, int limit, const char *period) -> Result<> {
        if (made < limit)
            return {};
        return base::fail(
            Fault::LimitReached,
            plans->message("target_limit", {{QStringLiteral("limit"), QString::number(limit)},
                                            {QStringLiteral("period"), QLatin1String(period)}}),
            QStringLiteral("target_limit"));
    };
    const PlanRules &caps = plans->rules();
    const int ownLimit = std::min(rules->targetCallsPerDay.value_or(caps.targetCallsOfAccount),
                                  caps.targetCallsOfAccount);
    if (auto own = within(history->ownDay, ownLimit, "24 hours"); !own)
        return own;
    if (rules->targetCallsPerWeek) {
        if (auto own = within(history->ownWeek, *rules->targetCallsPerWeek, "7 days"); !own)
            return own;
    }
    return within(history->allDay, caps.targetCallsOfAll, "24 hours");
}

} // namespace server::core
