// One call that is running: its two sockets, and everything that happens to its sound.
#pragma once

#include "server/bridge/conversation.h"
#include "server/bridge/listener_tap.h"
#include "server/bridge/loop_gate.h"
#include "server/bridge/model_session.h"
#include "server/bridge/recorder.h"
#include "shared/audio/level_meter.h"

namespace server::bridge {

/// Connects the phone's media stream, the model's session and the conversation between them.
/// Lives on its worker's loop, held by shared pointers; every way out leads through end().
class LiveCall final : public std::enable_shared_from_this<LiveCall>,
                       private ConversationOutput,
                       private SocketLeg::Owner,
                       private ModelSession::Handler,
                       private SoundTrack::Sink
{
public:
    /// All must outlive the call.
    struct Ports
    {
        LegPark &park;
        CallObserver &observer;
        PhoneControl &phone;
        ToolRunner &tools;
        const PhoneCodec &phoneCodec;
        base::WorkerPool &files;
        const QString &recordingsFolder;
        std::shared_ptr<LoopGate> gate;            ///< to our loop, for answers from elsewhere
        std::function<void(base::CallId)> onEnded; ///< the worker may let go of the call
    };

    LiveCall(Ports ports, CallPlan plan, PhoneStart start, std::shared_ptr<ModelSession> model);
    ~LiveCall() override;

    /// The media stream has said `start`; its further messages stand in `socket`.
    void begin(net::Detached socket);
    /// Ends it now: hangs up, closes both sockets, tells the observer. Not from within a handler of
    /// ours.
    void end(EndReason reason);
    /// See Bridge::windUp().
    void windUp(EndReason reason, const QString &instruction)
    {
        if (!m_isEnding)
            m_conversation.windUp(reason, instruction, now());
    }

    /// Ten times a second: tells what has changed, and appends the meters' readings.
    void tick(QList<protocol::CallLevels> &levels);

    void listen(std::shared_ptr<Listener> listener) { m_tap.add(std::move(listener)); }
    protocol::CallDetail detail() { return m_conversation.story().detail(m_plan.id.value); }
    base::CallId id() const { return m_plan.id; }

private:
    // The phone.
    void onLegText(std::string_view message) override;
    void onLegBinary() override { countGarbage(); }
    void onLegClosed(std::uint16_t code, const std::string &reason, int httpStatus) override;
    void onPhoneEvent(const PhoneEvent &event);
    void countGarbage();

    // The model.
    void onModelReady() override { m_conversation.onModelReady(now()); }
    void onModelEvent(const ModelEvent &event) override
    {
        m_conversation.onModelEvent(event, now());
    }
    void onModelLost(const QString &why) override { m_conversation.onModelLost(why, now()); }
    void onModelGone(const QString &why) override;

    // What the conversation wants.
    void sendMedia(std::string_view base64) override;
    void sendMark(std::uint64_t number) override;
    void clearPhone() override;
    void sendCallerAudio(std::string_view base64) override { m_model->sendAudio(base64); }
    void callerGap(std::int64_t bytes) override { m_track.addCallerSilence(bytes); }
    void tellModel(Role role, const QString &text) override;
    void requestResponse() override;
    void cancelResponse(const std::string &responseId) override;
    void truncateItem(const std::string &itemId, int contentIndex, std::int64_t endMs) override;
    void deleteItem(const std::string &itemId) override;
    void sendToolResult(const std::string &callId, const QString &result) override;
    void runTool(const ModelToolCall &call) override;
    bool isOffered(const QString &tool) const;
    void giveUpModel() override;
    void endCall(EndReason reason) override { endSoon(reason); }

    void onSound(SoundTrack::Leg caller, SoundTrack::Leg agent) override;

    void endSoon(EndReason reason);
    void tellChanges();
    CallOutcome outcome(EndReason reason);
    base::SteadyTime now() const { return m_ports.park.loop().now(); }
    template <typename Write>
    void sendToPhone(Write write);

    Ports m_ports;
    const CallPlan m_plan;
    const PhoneStart m_start;
    const std::shared_ptr<ModelSession> m_model;
    std::shared_ptr<SocketLeg> m_phone;
    Conversation m_conversation;
    SoundTrack m_track;
    ListenerTap m_tap;
    std::unique_ptr<Recorder> m_recorder;
    QString m_recordingFile;
    audio::LevelMeter m_callerMeter;
    audio::LevelMeter m_agentMeter;
    protocol::LiveCall m_row;
    protocol::LiveCall m_toldRow;
    std::string m_spare;
    net::Loop::TimerId m_limitTimer = 0;
    bool m_isEnding = false; ///< end() is on its way
    bool m_hasEnded = false;
    bool m_hasApologised = false;
    int m_garbage = 0;
    std::int64_t m_framesReceived = 0;
    std::int64_t m_framesSent = 0;
};

} // namespace server::bridge
