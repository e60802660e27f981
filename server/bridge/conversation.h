// What is decided during a call: who may speak, what the caller has heard, when to be silent.
#pragma once

#include "server/bridge/audio_framer.h"
#include "server/bridge/call_story.h"
#include "server/bridge/caller_audio.h"
#include "server/bridge/conversation_output.h"
#include "server/bridge/playback.h"
#include "server/bridge/recent_ids.h"

#include <span>

namespace server::bridge {

struct ConversationSettings
{
    QString greeting; ///< what the model is told in order to speak first; empty: it waits
    bool modelInterrupts = true; ///< when the caller speaks, it cancels its response by itself
    base::Millis guard{300};     ///< nobody can interrupt an answer that is only just audible ...
    base::Millis blip{800};      ///< ... except by going on to speak for so long
};

/// A state machine without sockets and without a clock; time comes with every event. One thread.
///
/// Interruption. When the caller begins to speak while the agent is audible, the phone's queue is
/// emptied, and the model is told of each item what was heard: a part of it, then the item is
/// truncated there; nothing of it, then it is deleted, since the interface has no truncation to
/// nothing and the model must not believe it was heard. The guard ignores a click or an echo at the
/// beginning of an answer. But a model that interrupts by itself has then cancelled the answer and
/// will respond to that sound; so the audio that is under way plays on, and yields as soon as that
/// response comes, or when the sound turns out to be somebody who goes on speaking.
class Conversation
{
public:
    using Time = base::SteadyTime;

    Conversation(ConversationSettings settings, ConversationOutput &output);

    void onPhoneStarted(Time now);
    void onCallerMedia(const PhoneMedia &media, Time now);
    void onMark(std::uint64_t number, Time now);
    void onDtmf(char digit, Time now);

    /// The session is set up; a second time: it is a new one, which knows nothing yet.
    void onModelReady(Time now);
    void onModelEvent(const ModelEvent &event, Time now);
    void onModelLost(const QString &why, Time now);
    /// A result that comes twice, or after we gave up waiting for it, changes nothing.
    void onToolResult(const std::string &callId, const QString &result, Time now);

    /// Some ten times a second.
    void onTick(Time now);

    /// See Bridge::windUp(). A call that is about to end anyway does so.
    void windUp(EndReason reason, const QString &instruction, Time now);
    /// The model will not come back: says so with a prepared clip, then ends the call.
    void apologise(std::span<const std::uint8_t> clip, Time now);
    /// The call is over: settles what was heard of what is still queued.
    void finish(Time now);

    CallStory &story() { return m_story; }
    std::int64_t droppedCallerBytes() const { return m_caller.droppedBytes(); }

private:
    struct EarlyAudio
    {
        std::string responseId;
        std::string itemId;
        std::string base64;
        int contentIndex = 0;
    };

    /// A function that the model has called and that has not answered yet.
    struct ToolRun
    {
        std::string callId;
        QString name;
        Time since{};
        int session = 0; ///< which asked
    };

    void on(const ModelAudio &audio, Time now);
    void on(const ModelAudioDone &done, Time now);
    void on(const ModelSpeechStarted &started, Time now);
    void on(const ModelSpeechStopped &stopped, Time now);
    void on(const ModelResponseCreated &created, Time now);
    void on(const ModelResponseDone &done, Time now);
    void on(const ModelAgentText &text, Time now);
    void on(const ModelCallerText &text, Time now);
    void on(const ModelToolCall &call, Time now);
    void on(const ModelError &error, Time now);
    template <typename Other>
    void on(const Other &, Time)
    {
    } // the session's own affairs

    void passToModel(std::string_view base64, std::int64_t bytes);
    void play(const ModelAudio &audio, std::int64_t bytes, Time now);
    void send(Playback::Item &item, std::span<const AudioFramer::Piece> pieces, Time now);
    void mark();
    void endItem(Playback::Item &item, Time now);
    void collectHeard(Time now);

    bool isDropped(std::string_view responseId, std::string_view itemId) const;
    void interrupt(Time now);
    void correctModel(const std::vector<Playback::Heard> &cut, Time now);
    void considerWaitingSpeech(Time now);

    void askForResponse();
    void startTalking(Time now);
    void replay();
    void giveUpLateTools(Time now);
    void considerEnding(Time now);

    const ConversationSettings m_settings;
    ConversationOutput &m_output;
    CallStory m_story;
    CallerAudio m_caller;
    AudioFramer m_framer;
    Playback m_playback;
    std::vector<EarlyAudio> m_earlyAudio; ///< made before the phone was there to play it
    std::int64_t m_earlyBytes = 0;

    bool m_isStarted = false;
    bool m_isModelReady = false;
    int m_session = 0; ///< counts connections to the model
    bool m_hasGreeted = false;
    std::string m_response;       ///< the one being made; empty: none
    bool m_wantsResponse = false; ///< as soon as that one is done
    bool m_owesAnswer = false;    ///< the caller waits for an answer
    int m_failedResponses = 0;    ///< in a row
    std::string m_playingItem;    ///< whose audio came last, and so whose rest the framer holds
    int m_playingIndex = 0;
    std::string m_answeredResponse; ///< whose first audio has been seen
    RecentIds m_droppedResponses;
    RecentIds m_droppedItems;
    RecentIds m_toolCalls;
    std::vector<ToolRun> m_tools; ///< oldest first
    QStringList m_lateAnswers;    ///< for the next session

    bool m_callerSpeaks = false;
    bool m_speechWaits = false; ///< the guard ignored it so far
    Time m_speechAt{};

    std::optional<EndReason> m_endsWith; ///< when everything has been heard
    Time m_endsAt{};                     ///< at the latest
    bool m_awaitsFarewell = false;       ///< the response that says goodbye has not begun
};

} // namespace server::bridge
