#include "tests/sandbox/agent_script.h"

#include <QDate>
#include <QJsonDocument>

using namespace Qt::StringLiterals;

namespace sandbox {

namespace {

constexpr qsizetype kMaxUnmatched = 8000; // a second is more than enough to meet a frame of noise

} // namespace

void AgentScript::setTools(const QJsonArray &tools)
{
    m_tools.clear();
    for (const QJsonValue tool : tools)
        m_tools.append(tool[u"name"_s].toString());
}

void AgentScript::listen(const QByteArray &audio)
{
    if (m_line || m_unmatched.size() >= kMaxUnmatched)
        return;
    m_unmatched += audio;
    m_line = m_tags.find(m_unmatched);
    if (!m_line)
        return;
    m_unmatched.clear();
    // Only before the first word may the dialogue still change without a jump in the talk.
    const Dialogue *known = m_book.byName(m_line->dialogue);
    if (known && (!m_dialogue || m_turn == 0))
        m_dialogue = *known;
}

const Dialogue &AgentScript::dialogue()
{
    if (!m_dialogue) {
        const Dialogue *fitting = m_book.byInstructions(m_instructions);
        m_dialogue = fitting ? *fitting : m_book.next();
    }
    return *m_dialogue;
}

QString AgentScript::hear(const QByteArray &speech)
{
    const auto line = m_library.recognise(speech);
    m_misheard = false;
    if (!line) {
        // Unknown speech still moves the talk on, so that any caller gets answers.
        const double seconds = double(speech.size()) / 8000;
        return u"(speech, %1 s)"_s.arg(seconds, 0, 'f', 1);
    }
    answerTo(*line);
    return line->text;
}

void AgentScript::answerTo(const SpeechLibrary::Line &line)
{
    const bool inThisOne = m_dialogue && m_dialogue->callerVoice == line.voice;
    const Dialogue *source = inThisOne ? nullptr : m_book.withCallerLine(line.voice, line.text);
    if (m_line && m_book.byName(m_line->dialogue))
        source = m_book.byName(m_line->dialogue);
    if (source)
        m_dialogue = *source;
    const QList<Turn> &turns = dialogue().turns;
    for (qsizetype i = 0; i < turns.size(); ++i) {
        if (turns[i].caller == line.text) {
            m_turn = i + 1;
            m_pendingTool.clear();
            return;
        }
    }
    m_misheard = true;
}

AgentScript::Saying AgentScript::next()
{
    const Dialogue &current = dialogue();
    if (m_misheard) {
        m_misheard = false;
        return {m_book.again(), m_library.clip(current.agentVoice, m_book.again()), {}, {}};
    }
    for (; m_turn < current.turns.size(); ++m_turn) {
        const Turn &turn = current.turns[m_turn];
        if (turn.isCaller())
            continue;
        if (!turn.tool.isEmpty() && m_pendingTool.isEmpty() && m_tools.contains(turn.tool)) {
            if (const auto arguments = argumentsOf(turn)) {
                m_pendingTool = turn.tool;
                return {{}, {}, turn.tool, *arguments};
            }
        }
        const bool wasCalled = !std::exchange(m_pendingTool, {}).isEmpty();
        const QString status = m_result[u"status"_s].toString();
        ++m_turn;
        return spoken(wasCalled ? turn.byResult.value(status, turn.agent) : turn.agent,
                      current.agentVoice);
    }
    return {m_book.goodbye(), m_library.clip(current.agentVoice, m_book.goodbye()), {}, {}};
}

void AgentScript::hearResult(const QString &output)
{
    m_result = QJsonDocument::fromJson(output.toUtf8()).object();
}

std::optional<QString> AgentScript::argumentsOf(const Turn &turn) const
{
    QString text =
        QString::fromUtf8(QJsonDocument(turn.toolArguments).toJson(QJsonDocument::Compact));
    const QDate tomorrow = QDateTime::currentDateTimeUtc().date().addDays(1);
    text.replace(u"{tomorrow}"_s, tomorrow.toString(Qt::ISODate));
    const QJsonObject suggested = m_result[u"suggested_times"_s][0].toObject();
    for (const auto &part : {u"start"_s, u"end"_s}) {
        const QString placeholder = u"{suggested_%1}"_s.arg(part);
        if (text.contains(placeholder) && !suggested.contains(part))
            return std::nullopt;
        text.replace(placeholder, suggested[part].toString());
    }
    return text;
}

AgentScript::Saying AgentScript::spoken(const QString &text, const QString &voice) const
{
    return {text, m_library.clip(voice, text), {}, {}};
}

} // namespace sandbox
