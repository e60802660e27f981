#include "server/bridge/call_worker.h"

#include <future>

namespace server::bridge {

namespace {

constexpr base::Millis kTick{100};

} // namespace

CallWorker::CallWorker(const std::string &name, const BridgeSettings &settings,
                       const ModelAddress &model, const Bridge::Ports &ports, OnEnded onEnded)
    : m_settings(settings),
      m_model(model),
      m_ports(ports),
      m_onEnded(std::move(onEnded)),
      m_thread(name),
      m_park(m_thread.loop()),
      m_gate(std::make_shared<LoopGate>(m_thread.loop()))
{
    m_thread.loop().post([this] { tick(); });
}

CallWorker::~CallWorker()
{
    m_gate->close();
    m_thread.stop();
}

std::shared_ptr<ModelSession> CallWorker::makeModel(const CallPlan &plan)
{
    return std::make_shared<ModelSession>(
        ModelSession::Ports{m_park, m_ports.dialer, m_ports.tls, m_ports.modelCodec, m_dialing},
        m_model,
        SessionSetup{plan.instructions, plan.voice, m_settings.transcriptionModel,
                     plan.turnDetection, plan.tools},
        plan.id);
}

void CallWorker::prepare(const CallPlan &plan)
{
    m_thread.loop().post([this, plan] {
        if (m_isClosing || m_prepared.contains(plan.id) || m_calls.contains(plan.id))
            return;
        Prepared &prepared = m_prepared[plan.id];
        prepared.model = makeModel(plan);
        prepared.timer =
            m_thread.loop().startTimer(m_settings.prepareLifetime, [this, id = plan.id] {
                if (const auto model = takePrepared(id)) {
                    model->close();
                    m_onEnded(id, What::Prepared);
                }
            });
        prepared.model->start();
    });
}

std::shared_ptr<ModelSession> CallWorker::takePrepared(base::CallId call)
{
    const auto found = m_prepared.find(call);
    if (found == m_prepared.end())
        return nullptr;
    m_thread.loop().cancelTimer(found->second.timer);
    auto model = std::move(found->second.model);
    m_prepared.erase(found);
    return model;
}

void CallWorker::forget(base::CallId call)
{
    m_thread.loop().post([this, call] {
        if (const auto model = takePrepared(call)) {
            model->close();
            m_onEnded(call, What::Prepared);
        }
    });
}

void CallWorker::adopt(net::Detached socket, const PhoneStart &start, const CallPlan &plan)
{
    // std::function wants a copyable task; a descriptor is not.
    auto shared = std::make_shared<net::Detached>(std::move(socket));
    m_thread.loop().post(
        [this, shared, start, plan] { adoptNow(std::move(*shared), start, plan); });
}

void CallWorker::adoptNow(net::Detached socket, const PhoneStart &start, const CallPlan &plan)
{
    auto model = takePrepared(plan.id);
    if (!model)
        model = makeModel(plan);
    const auto call = std::make_shared<LiveCall>(
        LiveCall::Ports{m_park, m_ports.observer, m_ports.phone, m_ports.tools, m_ports.phoneCodec,
                        m_ports.files, m_settings.recordingsFolder, m_gate,
                        [this](base::CallId id) {
                            const auto found = m_calls.find(id);
                            if (found == m_calls.end())
                                return;
                            m_thread.loop().disposeLater(std::move(found->second));
                            m_calls.erase(found);
                            m_onEnded(id, What::Call);
                        }},
        plan, start, std::move(model));
    m_calls[plan.id] = call;
    call->begin(std::move(socket));
    if (m_isClosing)
        call->end(EndReason::Shutdown);
}

void CallWorker::hangUp(base::CallId call, EndReason reason)
{
    m_thread.loop().post([this, call, reason] {
        if (const auto found = m_calls.find(call); found != m_calls.end())
            std::shared_ptr(found->second)->end(reason);
    });
}

void CallWorker::windUp(base::CallId call, EndReason reason, const QString &instruction)
{
    m_thread.loop().post([this, call, reason, instruction] {
        if (const auto found = m_calls.find(call); found != m_calls.end())
            std::shared_ptr(found->second)->windUp(reason, instruction);
    });
}

void CallWorker::listen(base::CallId call, std::shared_ptr<Listener> listener)
{
    m_thread.loop().post([this, call, listener = std::move(listener)] {
        if (const auto found = m_calls.find(call); found != m_calls.end())
            found->second->listen(listener);
    });
}

void CallWorker::describe(base::CallId call, const Bridge::DetailAnswer &answer)
{
    m_thread.loop().post([this, call, answer] {
        const auto found = m_calls.find(call);
        answer(found == m_calls.end() ? std::nullopt : std::optional(found->second->detail()));
    });
}

void CallWorker::tick()
{
    m_tick = m_thread.loop().startTimer(kTick, [this] { tick(); });
    QList<protocol::CallLevels> levels;
    levels.reserve(qsizetype(m_calls.size()));
    for (const auto &[id, call] : m_calls)
        call->tick(levels);
    if (!levels.isEmpty())
        m_ports.observer.levels(levels);
}

void CallWorker::endAll()
{
    m_isClosing = true;
    for (const auto &[id, call] : std::unordered_map(m_calls))
        call->end(EndReason::Shutdown);
    for (auto &[id, prepared] : std::exchange(m_prepared, {})) {
        m_thread.loop().cancelTimer(prepared.timer);
        prepared.model->close();
    }
}

void CallWorker::shutdown(base::SteadyTime deadline)
{
    // Shared, for we may stop waiting before the loop gets to it.
    const auto ended = std::make_shared<std::promise<void>>();
    m_thread.loop().post([this, ended] {
        endAll();
        ended->set_value();
    });
    if (ended->get_future().wait_until(deadline) == std::future_status::timeout)
        return;
    // Peers get their closing handshake, and lookups under way their end: nobody shall tell a loop
    // that is gone.
    const auto closed = std::make_shared<std::promise<void>>();
    const auto check = std::make_shared<std::function<void()>>();
    *check = [this, closed, weak = std::weak_ptr(check)] {
        if (m_park.size() == 0 && *m_dialing == 0)
            return closed->set_value();
        m_thread.loop().startTimer(base::Millis(5), [self = weak.lock()] { (*self)(); });
    };
    m_thread.loop().post([check] { (*check)(); });
    closed->get_future().wait_until(deadline);
}

} // namespace server::bridge
