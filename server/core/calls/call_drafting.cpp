// CallService: which role, which number, and what the agent is told.
#include "server/core/calendar/booking_tool.h"
#include "server/core/calls/call_service.h"
#include "server/core/scenarios/prompt_composer.h"
#include "server/core/scenarios/vad_profiles.h"
#include "shared/base/log.h"

namespace server::core {

base::Result<Scenario> CallService::scenarioFor(base::UserId owner, const QString &id) const
{
    if (const Scenario *builtin = m_ports.scenarios.find(id))
        return *builtin;
    if (owner.isValid()) {
        const auto own = m_ports.customScenarios.find(owner, id);
        if (!own)
            return failed(own);
        if (*own)
            return (*own)->toScenario();
    }
    return base::fail(base::Fault::Invalid, QStringLiteral("Invalid scenario"));
}

base::Result<> CallService::checkScenario(base::UserId owner, const QString &scenario) const
{
    const auto found = scenarioFor(owner, scenario);
    return found ? base::Result<>() : failed(found);
}

base::Result<QString> CallService::fromNumberFor(const CallOrder &order) const
{
    if (m_settings.usesOwnNumbers && !order.isFromApp) {
        const auto own = m_ports.numbers.primaryOf(order.owner);
        if (!own)
            return failed(own);
        if (*own)
            return (*own)->e164;
    }
    if (m_settings.ownNumber.isEmpty())
        return base::fail(
            base::Fault::Unavailable,
            QStringLiteral("No phone number available. Please provision a phone number first."));
    return m_settings.ownNumber;
}

base::Result<base::UserId> CallService::ownerOf(const QString &dialled,
                                                const QString &scenario) const
{
    const auto number = m_ports.numbers.findActive(dialled);
    if (!number)
        return failed(number);
    return *number ? (*number)->owner : CustomScenario::ownerIn(scenario);
}

base::Result<std::optional<CalendarBriefing>>
CallService::briefingFor(base::UserId owner, const Scenario &scenario,
                         CallDirection direction) const
{
    const bool isCalendarCall = scenario.id == QLatin1String(kCalendarScenario);
    const bool isBuiltin = m_ports.scenarios.find(scenario.id) != nullptr;
    const bool mayBook = isCalendarCall || !isBuiltin || direction == CallDirection::Inbound;
    if (!mayBook || !owner.isValid())
        return std::optional<CalendarBriefing>();
    auto told = m_ports.briefings.briefingFor(owner, true);
    if (told)
        return told;
    base::log::warning("call.calendar_not_read", {{QStringLiteral("user"), owner.value},
                                                  {QStringLiteral("why"), told.error().message},
                                                  {QStringLiteral("cause"), told.error().cause}});
    // The agent can still book: whether a time is free is asked again then. But a call about a
    // calendar that we may not see any more makes no sense.
    if (isCalendarCall && told.error().fault == base::Fault::Internal)
        return told;
    return m_ports.briefings.briefingFor(owner, false);
}

base::Result<Call> CallService::draft(const Scenario &scenario, CallDirection direction,
                                      base::UserId owner, const QString &personName,
                                      const QString &otherNumber) const
{
    const auto briefing = briefingFor(owner, scenario, direction);
    if (!briefing)
        return failed(briefing);
    if (!*briefing && scenario.id == QLatin1String(kCalendarScenario))
        return base::fail(base::Fault::NotFound, QStringLiteral("Google Calendar not connected"));
    const auto turns = owner.isValid() ? m_ports.vadPreferences.find(owner)
                                       : base::Result<std::optional<TurnDetection>>();
    if (!turns)
        return failed(turns);
    const auto terms = m_ports.rules.termsFor(owner, direction, otherNumber, scenario.aiDisclosure);
    if (!terms)
        return failed(terms);

    PromptFacts facts;
    facts.persona = scenario.persona;
    facts.prompt = scenario.prompt;
    facts.direction = direction;
    facts.now = m_ports.now();
    facts.personName = personName;
    facts.mustDiscloseAi = terms->mustDiscloseAi;
    facts.mustAnnounceRecording = terms->mustAnnounceRecording;
    facts.canStopCalling = direction == CallDirection::Outbound;
    if (*briefing) {
        facts.isCalendarEnabled = true;
        facts.timeZone = (*briefing)->timeZone;
        facts.calendarNotes = (*briefing)->text;
    }

    Call call;
    call.owner = owner;
    call.scenario = scenario.id;
    call.scenarioTitle = scenario.title;
    call.direction = direction;
    call.ownNumber = m_settings.ownNumber;
    call.durationLimit = m_settings.durationLimit;
    call.createdAt = m_ports.now();
    call.brief.instructions = PromptComposer::compose(facts);
    call.brief.greeting = PromptComposer::greetingFor(facts);
    call.brief.voice = scenario.voice;
    call.brief.turnDetection = VadProfiles::forCall(scenario, *turns).toJson();
    call.brief.isRecorded = terms->isRecorded;
    if (*briefing)
        call.brief.tools.append(bookingTool());
    if (facts.canStopCalling)
        call.brief.tools.append(stopCallingTool());
    return call;
}

} // namespace server::core
