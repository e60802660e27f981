#include "tests/server/bridge/script.h"

#include "server/bridge/json_slice.h"

#include <QtTest>

#include <span>

namespace bridge_test {

using namespace server::bridge;

namespace {

std::string audioOf(const QString &length)
{
    // Silence will do: what is asked here is how long, not what.
    const bool isBytes = length.endsWith(QLatin1Char('b'));
    return silenceBase64(isBytes ? length.chopped(1).toLongLong() : length.toLongLong() * 8);
}

int number(const QStringList &words, int at)
{
    return words.value(at).toInt();
}

} // namespace

Script::Script(ConversationSettings settings) : m_conversation(std::move(settings), *this) {}

base::SteadyTime Script::at(double ms) const
{
    return base::SteadyTime(std::chrono::hours(1)) + std::chrono::microseconds(qint64(ms * 1000));
}

void Script::run(const QString &steps)
{
    for (const QString &text : steps.split(QLatin1Char(';'), Qt::SkipEmptyParts))
        step(text.simplified());
}

void Script::advance(int ms)
{
    while (!m_isManual && !m_pending.empty() && m_pending.front().due <= ms) {
        const Pending due = m_pending.front();
        m_pending.pop_front();
        m_now = std::max(m_now, due.due);
        m_conversation.onMark(due.number, at(m_now));
    }
    m_now = std::max(m_now, double(ms));
}

void Script::step(const QString &text)
{
    if (text == QLatin1String("manual")) {
        m_isManual = true;
        return;
    }
    QStringList words = text.split(QLatin1Char(' '));
    advance(words.takeFirst().toInt());
    const QString verb = words.takeFirst();
    if (verb == QLatin1String("start"))
        m_conversation.onPhoneStarted(at(m_now));
    else if (verb == QLatin1String("ready"))
        m_conversation.onModelReady(at(m_now));
    else if (verb == QLatin1String("tick"))
        m_conversation.onTick(at(m_now));
    else if (verb == QLatin1String("media"))
        m_conversation.onCallerMedia({silenceBase64(160), words.isEmpty() ? -1 : number(words, 0)},
                                     at(m_now));
    else if (verb == QLatin1String("mark"))
        m_conversation.onMark(std::uint64_t(number(words, 0)), at(m_now));
    else if (verb == QLatin1String("lost"))
        m_conversation.onModelLost(QStringLiteral("gone"), at(m_now));
    else if (verb == QLatin1String("result"))
        m_conversation.onToolResult(words.value(0).toStdString(), QStringLiteral("{}"), at(m_now));
    else if (verb == QLatin1String("apologise"))
        m_conversation.apologise(std::vector<std::uint8_t>(1600, 0x55), at(m_now));
    else if (verb == QLatin1String("hangup"))
        m_conversation.finish(at(m_now));
    else if (verb == QLatin1String("dtmf"))
        m_conversation.onDtmf(words.value(0).at(0).toLatin1(), at(m_now));
    else
        model(verb, words);
}

void Script::model(const QString &verb, const QStringList &words)
{
    const std::string first = words.value(0).toStdString();
    const std::string second = words.value(1).toStdString();
    const QString rest = words.mid(1).join(QLatin1Char(' '));
    ModelEvent event = Garbage{};
    std::string audio;
    if (verb == QLatin1String("audio")) {
        audio = audioOf(words.value(2));
        event = ModelAudio{first, second, audio, number(words, 3)};
    } else if (verb == QLatin1String("done")) {
        event = ModelAudioDone{first, second, number(words, 2)};
    } else if (verb == QLatin1String("created")) {
        event = ModelResponseCreated{first};
    } else if (verb == QLatin1String("responded")) {
        event = ModelResponseDone{first, ModelResponseDone::Status::Completed, {}};
    } else if (verb == QLatin1String("failed")) {
        event =
            ModelResponseDone{first, ModelResponseDone::Status::Failed, QStringLiteral("broken")};
    } else if (verb == QLatin1String("speech")) {
        event = ModelSpeechStarted{first};
    } else if (verb == QLatin1String("quiet")) {
        event = ModelSpeechStopped{first};
    } else if (verb == QLatin1String("say")) {
        event = ModelAgentText{{}, first, rest, true};
    } else if (verb == QLatin1String("heard")) {
        event = ModelCallerText{first, rest, true};
    } else if (verb == QLatin1String("tool")) {
        event = ModelToolCall{{}, second, words.value(0), QStringLiteral("{}")};
    } else {
        qFatal("no such step: %s", qPrintable(verb));
    }
    m_conversation.onModelEvent(event, at(m_now));
}

void Script::sendMedia(std::string_view base64)
{
    const auto bytes = qint64(base64Bytes(base64).value_or(0));
    m_isWellFramed = m_isWellFramed && bytes > 0 && bytes % 160 == 0;
    m_mediaBytes += bytes;
    m_unmarked += bytes;
    m_isWellFramed = m_isWellFramed && m_unmarked <= 800;
    m_playsUntil = std::max(m_playsUntil, m_now) + double(bytes) / 8;
}

void Script::sendMark(std::uint64_t number)
{
    m_isWellFramed = m_isWellFramed && number == m_lastMark + 1;
    m_lastMark = number;
    m_unmarked = 0;
    m_pending.push_back({number, std::max(m_playsUntil, m_now)});
}

void Script::clearPhone()
{
    m_log << QStringLiteral("clear");
    m_playsUntil = m_now;
    m_unmarked = 0;
    for (Pending &pending : m_pending)
        pending.due = m_now; // all come back, a moment later
}

void Script::sendCallerAudio(std::string_view base64)
{
    m_callerBytes += qint64(base64Bytes(base64).value_or(0));
}

void Script::tellModel(Role role, const QString &text)
{
    m_log << (role == Role::User ? QStringLiteral("tell ") : QStringLiteral("said ")) + text;
}

void Script::cancelResponse(const std::string &id)
{
    m_log << QStringLiteral("cancel ") + QString::fromStdString(id);
}

void Script::truncateItem(const std::string &id, int index, std::int64_t endMs)
{
    m_log << QStringLiteral("truncate %1 %2 %3")
                 .arg(QString::fromStdString(id))
                 .arg(index)
                 .arg(endMs);
}

void Script::deleteItem(const std::string &id)
{
    m_log << QStringLiteral("delete ") + QString::fromStdString(id);
}

void Script::sendToolResult(const std::string &id, const QString &)
{
    m_log << QStringLiteral("result ") + QString::fromStdString(id);
}

void Script::runTool(const ModelToolCall &call)
{
    m_log << QStringLiteral("run ") + call.name;
}

void Script::endCall(EndReason reason)
{
    m_log << QStringLiteral("end %1").arg(int(reason));
}

} // namespace bridge_test
