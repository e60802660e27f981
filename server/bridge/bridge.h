// All live calls of this process, as the rest of the server sees them.
#pragma once

#include "server/bridge/bridge_ports.h"
#include "server/bridge/codec_ports.h"
#include "server/net/dialer.h"
#include "server/net/stream.h"
#include "server/net/tls.h"

#include <memory>
#include <string>
#include <vector>

namespace server::bridge {

struct BridgeSettings
{
    int workers = 1;                  ///< threads that carry calls
    std::string modelUrl;             ///< ws:// or wss://, with the model's name in the query
    std::string modelKey;             ///< bearer of the model's API
    QString transcriptionModel;       ///< empty: callers are not transcribed
    QString recordingsFolder;         ///< empty: nothing is recorded
    base::Millis startTimeout{5'000}; ///< how long a media socket may take to say `start`
    base::Millis prepareLifetime{
        90'000};        ///< how long a model session waits for its phone to be answered
    int reconnects = 3; ///< tries to get a lost model back
    base::Millis reconnectPause{2'000};
};

/// A member of staff's ear. Called on a bridge thread; must hand the frame on at once.
using ListenSink = std::function<void(const protocol::ListenFrame &)>;

/// Thread-safe: every method may be called from any thread and returns at once.
class Bridge
{
public:
    struct Ports
    {
        CallObserver &observer;
        PhoneControl &phone;
        CallLookup &lookup;
        ToolRunner &tools;
        PhoneCodec &phoneCodec;
        ModelCodec &modelCodec;
        net::Dialer &dialer;
        net::TlsContext &tls;
        base::WorkerPool &files; ///< recordings are written here
    };

    Bridge(BridgeSettings settings, Ports ports);
    ~Bridge();

    /// Connects the model while the phone still rings. A plan that is never redeemed is forgotten
    /// after a while.
    void prepare(const CallPlan &plan);
    /// The call will not come: drops its model session.
    void forget(base::CallId call);

    /// An accepted media socket; `scenario` is its path parameter. It is closed with 1008 when its
    /// `start` does not come in time or its token is not good.
    void takeMedia(net::Detached socket, std::string scenario);

    /// False when no such call runs here.
    bool hangUp(base::CallId call, EndReason reason);
    /// Ends a call with the agent's goodbye: what it is saying is cut off, it is told
    /// `instruction`, and once its answer has been heard the call ends with that reason. Without an
    /// instruction the answer is one that the model owes anyway, such as to the result of a
    /// function. False when no such call runs here.
    bool windUp(base::CallId call, EndReason reason, const QString &instruction);

    /// Hears a call from now on. Destroying the handle ends it; frames under way may still arrive
    /// meanwhile.
    class Listening;
    std::shared_ptr<Listening> listen(base::CallId call, ListenSink sink);

    /// The transcript and so on of a running call, as it stands now.
    using DetailAnswer = std::function<void(std::optional<protocol::CallDetail>)>;
    void describe(base::CallId call, const DetailAnswer &answer);

    int callCount() const;

    /// Ends every call with EndReason::Shutdown, tells the observer of each, then stops the
    /// workers. Blocks at most `patience`.
    void shutdown(base::Millis patience);

private:
    struct Private;
    std::unique_ptr<Private> m_d;
};

} // namespace server::bridge
