// One thread that carries calls.
#pragma once

#include "server/bridge/bridge.h"
#include "server/bridge/live_call.h"

#include <unordered_map>

namespace server::bridge {

/// Both sockets of a call, its conversation and its meters live here on one loop; nothing else
/// does, so that nothing else can delay audio. Thread-safe: public methods post to the loop.
class CallWorker
{
public:
    /// Called on the worker's thread, when a call ends or a prepared session is given up.
    enum class What { Call, Prepared };
    using OnEnded = std::function<void(base::CallId, What)>;

    CallWorker(const std::string &name, const BridgeSettings &settings, const ModelAddress &model,
               const Bridge::Ports &ports, OnEnded onEnded);
    ~CallWorker();

    void prepare(const CallPlan &plan);
    void forget(base::CallId call);
    void adopt(net::Detached socket, const PhoneStart &start, const CallPlan &plan);
    void hangUp(base::CallId call, EndReason reason);
    void windUp(base::CallId call, EndReason reason, const QString &instruction);
    void listen(base::CallId call, std::shared_ptr<Listener> listener);
    void describe(base::CallId call, const Bridge::DetailAnswer &answer);

    /// Ends every call; waits for that, and for the sockets to be closed, until the deadline.
    void shutdown(base::SteadyTime deadline);

private:
    /// A model session that waits for its phone to be answered.
    struct Prepared
    {
        std::shared_ptr<ModelSession> model;
        net::Loop::TimerId timer = 0;
    };

    std::shared_ptr<ModelSession> makeModel(const CallPlan &plan);
    std::shared_ptr<ModelSession> takePrepared(base::CallId call);
    void adoptNow(net::Detached socket, const PhoneStart &start, const CallPlan &plan);
    void tick();
    void endAll();

    const BridgeSettings &m_settings;
    const ModelAddress &m_model;
    const Bridge::Ports &m_ports;
    const OnEnded m_onEnded;
    net::LoopThread m_thread;

    // On the thread only.
    LegPark m_park;
    std::shared_ptr<LoopGate> m_gate;
    std::shared_ptr<int> m_dialing = std::make_shared<int>(0);
    std::unordered_map<base::CallId, std::shared_ptr<LiveCall>> m_calls;
    std::unordered_map<base::CallId, Prepared> m_prepared;
    net::Loop::TimerId m_tick = 0;
    bool m_isClosing = false;
};

} // namespace server::bridge
