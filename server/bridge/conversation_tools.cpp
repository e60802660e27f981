// Conversation: functions that the model calls.
#include "server/bridge/conversation.h"

namespace server::bridge {

namespace {

constexpr size_t kMostTools = 8; // at a time; a model that wants more has gone mad
constexpr base::Millis kToolPatience{20'000};
constexpr base::Millis kEndPatience{15'000};

} // namespace

void Conversation::on(const ModelToolCall &call, Time now)
{
    if (m_toolCalls.contains(call.callId))
        return; // told twice: with its arguments, and again with its item
    m_toolCalls.add(call.callId);
    m_story.note(now, QStringLiteral("tool"), call.name);
    if (call.name == QLatin1String(kEndCallTool)) {
        m_endsWith = EndReason::AgentHungUp;
        m_endsAt = now + kEndPatience;
        return;
    }
    m_tools.push_back({call.callId, call.name, now, m_session});
    if (m_tools.size() > kMostTools)
        onToolResult(call.callId, QStringLiteral(R"({"error":"too many functions at a time"})"),
                     now);
    else
        m_output.runTool(call);
}

void Conversation::onToolResult(const std::string &callId, const QString &result, Time now)
{
    const auto found = std::find_if(m_tools.begin(), m_tools.end(),
                                    [&](const ToolRun &run) { return run.callId == callId; });
    if (found == m_tools.end())
        return; // it has been answered for already
    const ToolRun run = *found;
    m_tools.erase(found);
    const auto took = std::chrono::duration_cast<base::Millis>(now - run.since);
    m_story.note(now, QStringLiteral("tool answered"),
                 QStringLiteral("%1 after %2 ms").arg(run.name).arg(took.count()));
    if (m_isModelReady && run.session == m_session) {
        m_output.sendToolResult(callId, result);
        askForResponse(); // or the model would stay silent
        return;
    }
    // It was asked by a session that is no more; the present one, or the next, is told in words.
    const QString words =
        QStringLiteral("(The function %1 has answered: %2)").arg(run.name, result);
    if (!m_isModelReady)
        return m_lateAnswers.append(words);
    m_output.tellModel(Role::User, words);
    askForResponse();
}

void Conversation::windUp(EndReason reason, const QString &instruction, Time now)
{
    if (m_endsWith)
        return;
    m_story.note(now, QStringLiteral("winding up"), toText(reason));
    m_endsWith = reason;
    m_endsAt = m_isModelReady ? now + kEndPatience : now; // nobody is there to say goodbye
    m_awaitsFarewell = m_isModelReady;
    if (instruction.isEmpty() || !m_isModelReady)
        return;
    const bool isTalking = m_playback.hasUnheard(now);
    if (isTalking)
        interrupt(now);
    // interrupt() leaves the cancelling to a model that has heard why.
    if (!m_response.empty() && (m_settings.modelInterrupts || !isTalking)) {
        m_droppedResponses.add(m_response);
        m_output.cancelResponse(m_response);
    }
    m_output.tellModel(Role::User, instruction);
    m_callerSpeaks = false; // it is said whatever else they say
    askForResponse();
}

void Conversation::giveUpLateTools(Time now)
{
    while (!m_tools.empty() && now - m_tools.front().since >= kToolPatience) {
        const std::string callId = m_tools.front().callId;
        onToolResult(
            callId,
            QStringLiteral(R"({"error":"no answer in time; whether it was done is unknown"})"),
            now);
    }
}

} // namespace server::bridge
