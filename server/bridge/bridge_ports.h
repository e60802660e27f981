// What the bridge needs from the rest of the server. Implemented elsewhere, connected by wiring.
#pragma once

#include "server/bridge/call_plan.h"
#include "shared/base/result.h"
#include "shared/protocol/call.h"
#include "shared/protocol/live.h"

#include <functional>
#include <optional>
#include <string>

namespace server::bridge {

/// Why a call ended; the text is stored and shown.
enum class EndReason {
    CallerHungUp,  ///< the phone network ended the stream
    AgentHungUp,   ///< the model decided to end the call
    StaffHungUp,   ///< a member of staff did
    DurationLimit, ///< the plan's limit
    ModelLost,     ///< the model went away for good
    StreamLost,    ///< the media connection broke
    Shutdown,      ///< the server is stopping
    Machine,       ///< an answering machine has picked up
    OptedOut       ///< the person wants no more calls
};

QString toText(EndReason reason);

/// What a call leaves.
struct CallOutcome
{
    base::CallId id;
    QString callSid;
    EndReason reason = EndReason::CallerHungUp;
    QDateTime answeredAt;
    QDateTime endedAt;
    protocol::CallDetail detail; ///< transcript, latency, timeline
    QString recordingFile;       ///< relative to the recordings folder; empty when none was made
    qint64 framesReceived = 0;
    qint64 framesSent = 0;
};

/// A timeline event of this name tells of a key that was pressed, which is its detail.
inline constexpr auto kKeyEvent = "dtmf";

/// Everything that anyone wants to know of calls while they run. Called on bridge threads: an
/// implementation must hand the value on (queue, post) and return at once.
class CallObserver
{
public:
    virtual ~CallObserver() = default;

    /// The call has come up or a field of its row has changed. `call` is whole each time.
    virtual void callChanged(const protocol::LiveCall &call) = 0;
    /// Meter readings of all calls of one worker, each 100 ms.
    virtual void levels(const QList<protocol::CallLevels> &levels) = 0;
    virtual void transcriptChanged(base::CallId call, const protocol::TranscriptLine &line) = 0;
    virtual void turnMeasured(base::CallId call, const protocol::TurnLatency &turn) = 0;
    virtual void timelineGrew(base::CallId call, const protocol::TimelineEvent &event) = 0;
    /// Last word about a call: store it.
    virtual void callEnded(const CallOutcome &outcome) = 0;
};

/// The one thing the bridge asks of the phone network beside the media stream.
class PhoneControl
{
public:
    virtual ~PhoneControl() = default;
    /// Ends the call at the phone network. Any thread; returns at once; tries again by itself.
    virtual void hangUp(const QString &callSid) = 0;
};

/// Turns the token of a media stream's `start` message into the call it belongs to. Single use.
class CallLookup
{
public:
    virtual ~CallLookup() = default;
    using Answer = std::function<void(base::Result<CallPlan>)>;
    /// Any thread; `answer` may run on any thread. `token` may be empty (then only an open
    /// development server answers with a plan). `scenario` is the stream's path parameter.
    virtual void redeem(std::string token, std::string callSid, std::string scenario,
                        Answer answer) = 0;
};

/// Does what the model asks for during a call, such as booking an appointment.
class ToolRunner
{
public:
    virtual ~ToolRunner() = default;
    using Answer = std::function<void(QString)>;
    /// `arguments` is the model's text: JSON, if it kept its word. Called on a bridge thread: hands
    /// the work on and returns at once. `answer` takes the result, a JSON text for the model; it
    /// is called once, on any thread, also when the call is over by then.
    virtual void run(base::CallId call, const QString &name, const QString &arguments,
                     Answer answer) = 0;
};

} // namespace server::bridge
