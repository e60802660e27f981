#include "tests/sandbox/dialogue.h"

#include <QJsonArray>
#include <QJsonDocument>

using namespace Qt::StringLiterals;

namespace sandbox {

namespace {

Turn turnFromJson(const QJsonObject &json)
{
    Turn turn;
    turn.agent = json[u"agent"_s].toString();
    turn.caller = json[u"caller"_s].toString();
    turn.dtmf = json[u"dtmf"_s].toString();
    if (json.contains(u"interrupt_after_ms"_s))
        turn.interruptAfter = std::chrono::milliseconds(json[u"interrupt_after_ms"_s].toInt());
    const QJsonObject tool = json[u"tool"_s].toObject();
    turn.tool = tool[u"name"_s].toString();
    turn.toolArguments = tool[u"arguments"_s].toObject();
    const QJsonObject byResult = json[u"by_result"_s].toObject();
    for (auto it = byResult.begin(); it != byResult.end(); ++it)
        turn.byResult.insert(it.key(), it.value().toString());
    return turn;
}

} // namespace

Dialogue dialogueFromJson(const QJsonObject &json)
{
    Dialogue dialogue;
    dialogue.name = json[u"name"_s].toString();
    dialogue.scenario = json[u"scenario"_s].toString();
    dialogue.agentVoice = json[u"agent_voice"_s].toString();
    dialogue.callerVoice = json[u"caller_voice"_s].toString();
    dialogue.callerHangsUp = json[u"ends"_s].toString() != u"agent";
    const QJsonArray keywords = json[u"keywords"_s].toArray();
    for (const QJsonValue keyword : keywords)
        dialogue.keywords.append(keyword.toString());
    const QJsonArray turns = json[u"turns"_s].toArray();
    for (const QJsonValue turn : turns)
        dialogue.turns.append(turnFromJson(turn.toObject()));
    return dialogue;
}

base::Result<DialogueBook> DialogueBook::parse(const QByteArray &json)
{
    QJsonParseError problem;
    const QJsonObject root = QJsonDocument::fromJson(json, &problem).object();
    if (problem.error != QJsonParseError::NoError)
        return base::fail(base::Fault::Invalid, problem.errorString());
    DialogueBook book;
    book.m_again = root[u"fallback"_s][u"again"_s].toString();
    book.m_goodbye = root[u"fallback"_s][u"goodbye"_s].toString();
    const QJsonArray dialogues = root[u"dialogues"_s].toArray();
    for (const QJsonValue dialogue : dialogues)
        book.m_dialogues.append(dialogueFromJson(dialogue.toObject()));
    if (book.m_dialogues.isEmpty())
        return base::fail(base::Fault::Invalid, u"the pack holds no dialogues"_s);
    return book;
}

const Dialogue *DialogueBook::byName(const QString &name) const
{
    for (const Dialogue &dialogue : m_dialogues) {
        if (dialogue.name == name)
            return &dialogue;
    }
    return nullptr;
}

const Dialogue *DialogueBook::byScenario(const QString &scenario) const
{
    for (const Dialogue &dialogue : m_dialogues) {
        if (!scenario.isEmpty() && dialogue.scenario == scenario)
            return &dialogue;
    }
    return nullptr;
}

const Dialogue *DialogueBook::byInstructions(const QString &instructions) const
{
    const Dialogue *best = nullptr;
    qsizetype most = 0;
    for (const Dialogue &dialogue : m_dialogues) {
        qsizetype found = 0;
        for (const QString &keyword : dialogue.keywords)
            found += instructions.contains(keyword, Qt::CaseInsensitive) ? 1 : 0;
        if (found > most) {
            most = found;
            best = &dialogue;
        }
    }
    return best;
}

const Dialogue &DialogueBook::next()
{
    for (qsizetype tried = 0; tried < m_dialogues.size(); ++tried) {
        const Dialogue &dialogue = m_dialogues[m_next++ % m_dialogues.size()];
        if (dialogue.callerHangsUp)
            return dialogue;
    }
    return m_dialogues.first();
}

const Dialogue *DialogueBook::withCallerLine(const QString &voice, const QString &text) const
{
    for (const Dialogue &dialogue : m_dialogues) {
        if (dialogue.callerVoice != voice)
            continue;
        for (const Turn &turn : dialogue.turns) {
            if (turn.caller == text)
                return &dialogue;
        }
    }
    return nullptr;
}

} // namespace sandbox
