// Whether and how a number may be called.
#pragma once

#include "server/core/dialling/calling_tables.h"
#include "server/core/dialling/dialling_ports.h"
#include "server/core/plans/plan_catalogue.h"
#include "server/core/scenarios/call_direction.h"
#include "shared/base/clock.h"

namespace server::core {

/// What a call must say and may keep.
struct CallTerms
{
    bool mustDiscloseAi = false;
    bool mustAnnounceRecording = false;
    bool isRecorded = true;
};

/// Opt-outs, quiet hours, caps, disclosure and consent, for every call of every route.
/// Thread-safe; blocks on its store. Ports must outlive it.
class DiallingRules final
{
public:
    struct Ports
    {
        DiallingStore &store;
        OptOutStore &optOuts;
        const PlanBook &plans;
        base::Clock now;
    };

    /// The tables must outlive it too.
    DiallingRules(Ports ports, const CallingTables &tables)
        : m_ports(std::move(ports)), m_tables(tables)
    {
    }

    /// `number` is the other side's. A scenario may have its own word on disclosure.
    base::Result<CallTerms> termsFor(base::UserId owner, CallDirection direction,
                                     const QString &number,
                                     std::optional<AiDisclosure> ofScenario) const;

    /// May `owner` call that number at `at`? Fault::Forbidden, with "opted_out" in `cause`, when it
    /// wants no calls, and with "quiet_hours" and the next allowed time in the message when it is
    /// quiet there.
    base::Result<> check(base::UserId owner, const QString &number, const QDateTime &at) const;
    /// When `owner` may next call that number by the clock: `at` itself unless it is quiet then.
    base::Result<QDateTime> allowedFrom(base::UserId owner, const QString &number,
                                        const QDateTime &at) const;

    /// The last word on a call, now. REQUIRES: the transaction that reserves it. Refuses as check()
    /// does, and with Fault::LimitReached when the number has been called too often.
    base::Result<> admit(base::UserId owner, const QString &number) const;

private:
    base::Result<> checkClock(const CallingRules &rules, const QString &number,
                              const QDateTime &at) const;
    QDateTime allowedFrom(const CallingRules &rules, const QString &number,
                          const QDateTime &at) const;
    base::Result<> refusedForGood() const;
    bool isDisclosureDue(const NumberPlace &place) const;

    const Ports m_ports;
    const CallingTables &m_tables;
};

} // namespace server::core
