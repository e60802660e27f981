// The words that tell the model who it is on this call.
#pragma once

#include "server/core/scenarios/call_direction.h"

#include <QDateTime>
#include <QString>

namespace server::core {

/// What is known of a call when its prompt is written.
struct PromptFacts
{
    CallDirection direction = CallDirection::Outbound;
    QString persona; ///< of the scenario
    QString prompt;  ///< of the scenario
    /// The person at the other end: the callee of an outbound call, the caller of an inbound one.
    /// Empty when it is not known. Cleaned and shortened here, since people choose their own names.
    QString personName;
    bool isCalendarEnabled = false; ///< the createCalendarEvent tool is offered
    QString timeZone;               ///< IANA name; America/Denver when empty or unknown
    QString calendarNotes;          ///< what stands in the calendar, and free times; may be empty
    QDateTime now;               ///< the moment of the call, for "tomorrow"; left out when invalid
    bool mustDiscloseAi = false; ///< the law or the owner wants the other side to know
    bool mustAnnounceRecording = false; ///< the owner wants the other side to know of it
    bool canStopCalling = false;        ///< the stop_calling tool is offered
};

/// Writes the session's instructions and the request for the first words.
/// Why it exists: what the agent may never do on a phone stands here once, whoever wrote the
/// scenario. Pure functions; any thread.
class PromptComposer final
{
public:
    PromptComposer() = delete;

    /// The instructions: blocks separated by blank lines, house rules first.
    static QString compose(const PromptFacts &facts);

    /// What the model is told once the call is connected, so that it speaks first.
    static QString greetingFor(const PromptFacts &facts);
};

} // namespace server::core
