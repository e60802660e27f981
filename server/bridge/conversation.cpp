#include "server/bridge/conversation.h"

#include "server/bridge/json_slice.h"
#include "shared/audio/mulaw.h"

namespace server::bridge {

namespace {

constexpr std::int64_t kMostEarlyBytes = 10'000LL * audio::kBytesPerMs;
constexpr std::int64_t kMostQueuedBytes =
    600'000LL * audio::kBytesPerMs; ///< ten minutes unheard: not a conversation
constexpr int kMostFailedResponses = 3;
constexpr qsizetype kMostReplayedLines = 200;
constexpr int kOwnSession = -1; ///< audio that no model made

} // namespace

Conversation::Conversation(ConversationSettings settings, ConversationOutput &output)
    : m_settings(std::move(settings)), m_output(output)
{
}

void Conversation::onPhoneStarted(Time now)
{
    if (std::exchange(m_isStarted, true))
        return;
    m_story.begin(now);
    m_story.note(now, QStringLiteral("start"));
    for (const EarlyAudio &audio : std::exchange(m_earlyAudio, {}))
        on(ModelAudio{audio.responseId, audio.itemId, audio.base64, audio.contentIndex}, now);
    startTalking(now);
}

void Conversation::onCallerMedia(const PhoneMedia &media, Time now)
{
    const auto bytes = std::int64_t(base64Bytes(media.payload).value_or(0));
    const std::int64_t gap = m_caller.gapBefore(media.timestampMs, bytes, now);
    if (gap > 0) {
        m_output.callerGap(gap);
        passToModel(silenceBase64(gap), gap);
    }
    passToModel(media.payload, bytes);
    if (m_speechWaits)
        considerWaitingSpeech(now);
}

void Conversation::passToModel(std::string_view base64, std::int64_t bytes)
{
    if (m_isModelReady)
        m_output.sendCallerAudio(base64);
    else
        m_caller.keep(base64, bytes);
}

void Conversation::onMark(std::uint64_t number, Time now)
{
    m_playback.markReturned(number, now);
    collectHeard(now);
}

void Conversation::onDtmf(char digit, Time now)
{
    m_story.note(now, QLatin1String(kKeyEvent), QString(QLatin1Char(digit)));
}

void Conversation::onModelReady(Time now)
{
    m_isModelReady = true;
    if (++m_session > 1) {
        m_story.note(now, QStringLiteral("model reconnected"));
        replay();
    } else {
        m_story.note(now, QStringLiteral("model ready"));
    }
    for (std::string kept = m_caller.takeKept(); !kept.empty(); kept = m_caller.takeKept())
        m_output.sendCallerAudio(kept);
    if (m_session > 1 && m_hasGreeted && m_owesAnswer)
        askForResponse();
    else
        startTalking(now);
}

void Conversation::startTalking(Time now)
{
    // The first words wait for both sides, or they would be spoken into a ringing phone.
    if (!m_isStarted || !m_isModelReady || m_hasGreeted)
        return;
    m_hasGreeted = true;
    if (m_settings.greeting.isEmpty())
        return;
    m_story.note(now, QStringLiteral("greeting"));
    m_output.tellModel(Role::User, m_settings.greeting);
    askForResponse();
}

void Conversation::replay()
{
    const auto lines = m_story.transcript();
    bool hasAgentSpoken = false;
    for (const auto &line : lines.last(std::min(lines.size(), kMostReplayedLines))) {
        const bool isAgent = line.speaker == protocol::Speaker::Agent;
        const QString text = line.heardChars >= 0 ? line.text.left(line.heardChars) : line.text;
        if (text.isEmpty())
            continue;
        m_output.tellModel(isAgent ? Role::Assistant : Role::User, text);
        hasAgentSpoken = hasAgentSpoken || isAgent;
    }
    if (!hasAgentSpoken)
        m_hasGreeted = false; // the greeting went down with the old session
    for (const QString &answer : std::exchange(m_lateAnswers, {})) {
        m_output.tellModel(Role::User, answer);
        m_owesAnswer = true;
    }
}

void Conversation::onModelEvent(const ModelEvent &event, Time now)
{
    std::visit([&](const auto &one) { on(one, now); }, event);
}

void Conversation::on(const ModelAudio &audio, Time now)
{
    const auto bytes = std::int64_t(base64Bytes(audio.base64).value_or(0));
    if (isDropped(audio.responseId, audio.itemId)) {
        m_story.agentAudio(audio.itemId, bytes, now);
        return;
    }
    if (!m_isStarted) {
        m_earlyBytes += bytes;
        if (m_earlyBytes <= kMostEarlyBytes)
            m_earlyAudio.push_back({std::string(audio.responseId), std::string(audio.itemId),
                                    std::string(audio.base64), audio.contentIndex});
        return;
    }
    if (bytes > 0 && m_playback.queued(now) < kMostQueuedBytes)
        play(audio, bytes, now);
}

void Conversation::play(const ModelAudio &audio, std::int64_t bytes, Time now)
{
    if (m_playingItem != audio.itemId || m_playingIndex != audio.contentIndex) {
        // Where one item ends and the next begins must be known exactly.
        if (Playback::Item *last = m_playback.find(m_playingItem, m_playingIndex))
            send(*last, m_framer.flush(), now);
        if (m_playback.hasUnmarked())
            mark();
        m_playingItem = audio.itemId;
        m_playingIndex = audio.contentIndex;
    }
    if (m_answeredResponse != audio.responseId) {
        m_answeredResponse = audio.responseId;
        m_story.answerBegins(now);
    }
    Playback::Item &item =
        m_playback.item(audio.itemId, audio.responseId, audio.contentIndex, m_session);
    m_story.agentAudio(audio.itemId, bytes, m_playback.queueEnd(now));
    item.produced += bytes;
    send(item, m_framer.push(audio.base64, size_t(bytes)), now);
}

void Conversation::send(Playback::Item &item, std::span<const AudioFramer::Piece> pieces, Time now)
{
    for (const AudioFramer::Piece &piece : pieces) {
        if (m_playback.wantsMark(piece.speechBytes + piece.paddingBytes))
            mark();
        m_output.sendMedia(piece.base64);
        m_playback.sent(item, piece.speechBytes, piece.paddingBytes, now);
        m_story.answerSent(now);
        if (m_playback.wantsMark(0))
            mark();
    }
}

void Conversation::mark()
{
    m_output.sendMark(m_playback.addMark());
}

void Conversation::endItem(Playback::Item &item, Time now)
{
    if (std::exchange(item.isFinished, true))
        return;
    if (item.id == m_playingItem && item.contentIndex == m_playingIndex)
        send(item, m_framer.flush(), now);
    if (m_playback.hasUnmarked())
        mark();
}

void Conversation::on(const ModelAudioDone &done, Time now)
{
    if (Playback::Item *item = m_playback.find(done.itemId, done.contentIndex))
        endItem(*item, now);
}

void Conversation::collectHeard(Time now)
{
    for (const Playback::Heard &heard : m_playback.takeHeard(now))
        m_story.agentHeard(heard.item.id, heard.bytes);
}

void Conversation::on(const ModelResponseCreated &created, Time now)
{
    if (m_speechWaits && m_playback.hasUnheard(now))
        interrupt(now); // the model answers what the guard ignored: the old answer must not delay
                        // the new one
    m_speechWaits = false;
    m_response = created.id;
    m_owesAnswer = true;
    m_awaitsFarewell = false;
}

void Conversation::on(const ModelResponseDone &done, Time now)
{
    using enum ModelResponseDone::Status;
    for (Playback::Item &item : m_playback.items()) {
        if (item.responseId == done.id)
            endItem(item, now);
    }
    collectHeard(now);
    if (m_response == done.id)
        m_response.clear();
    const bool wasDropped = m_droppedResponses.contains(done.id);
    if (done.status == Failed && !wasDropped) {
        m_story.note(now, QStringLiteral("response failed"), done.detail);
        if (++m_failedResponses >= kMostFailedResponses)
            return m_output.giveUpModel();
        return askForResponse();
    }
    m_failedResponses = 0;
    m_owesAnswer = m_owesAnswer && wasDropped; // its end may come after the caller's next words
    if (std::exchange(m_wantsResponse, false))
        askForResponse();
}

void Conversation::askForResponse()
{
    m_owesAnswer = true;
    if (m_callerSpeaks)
        return; // what the caller says now will be answered anyway
    if (m_response.empty())
        m_output.requestResponse();
    else
        m_wantsResponse = true;
}

void Conversation::on(const ModelAgentText &text, Time now)
{
    m_story.agentText(text.itemId, text.text, text.isWhole, now);
}

void Conversation::on(const ModelCallerText &text, Time now)
{
    m_story.callerText(text.itemId, text.text, text.isWhole, now);
}

void Conversation::on(const ModelError &error, Time now)
{
    m_story.note(now, QStringLiteral("model error"), error.code);
}

void Conversation::onModelLost(const QString &why, Time now)
{
    m_story.note(now, QStringLiteral("model lost"), why);
    m_isModelReady = false;
    m_response.clear();
    m_wantsResponse = false;
    m_callerSpeaks = false;
    m_speechWaits = false;
    for (Playback::Item &item : m_playback.items())
        endItem(item, now);
}

void Conversation::apologise(std::span<const std::uint8_t> clip, Time now)
{
    m_isModelReady = false;
    for (Playback::Item &item : m_playback.items())
        endItem(item, now);
    m_story.note(now, QStringLiteral("apology"));
    Playback::Item &item = m_playback.item({}, "apology", 0, kOwnSession);
    item.produced = std::int64_t(clip.size());
    send(item, m_framer.frame(clip), now);
    endItem(item, now);
    m_endsWith = EndReason::ModelLost;
    m_endsAt = m_playback.queueEnd(now) + base::Millis(3'000);
}

void Conversation::onTick(Time now)
{
    collectHeard(now);
    if (m_speechWaits)
        considerWaitingSpeech(now);
    giveUpLateTools(now);
    if (m_endsWith)
        considerEnding(now);
}

void Conversation::considerEnding(Time now)
{
    const bool isQuiet =
        m_response.empty() && m_tools.empty() && !m_awaitsFarewell && !m_playback.hasUnheard(now);
    if (isQuiet || now >= m_endsAt)
        m_output.endCall(*std::exchange(m_endsWith, std::nullopt));
}

void Conversation::finish(Time now)
{
    m_framer.forget();
    for (const Playback::Heard &cut : m_playback.clear(now)) {
        if (cut.bytes >= cut.item.produced)
            m_story.agentHeard(cut.item.id, cut.bytes);
        else
            m_story.agentCut(cut.item.id, cut.bytes, CallStory::Why::CallEnded);
    }
    m_story.end();
}

} // namespace server::bridge
