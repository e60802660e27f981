#include "server/bridge/bridge.h"

#include "server/bridge/call_worker.h"
#include "server/bridge/media_lobby.h"
#include "shared/base/log.h"

#include <algorithm>
#include <mutex>

namespace server::bridge {

/// Closes the ear when the last holder lets go.
class Bridge::Listening
{
public:
    explicit Listening(std::shared_ptr<Listener> listener) : m_listener(std::move(listener)) {}
    ~Listening() { m_listener->isOpen = false; }
    Listening(const Listening &) = delete;
    Listening &operator=(const Listening &) = delete;

private:
    const std::shared_ptr<Listener> m_listener;
};

struct Bridge::Private
{
    /// Where a call is. Prepared calls have a place too, for their model session is there.
    struct Place
    {
        size_t worker = 0;
        bool isLive = false;
    };

    Private(BridgeSettings s, Ports p)
        : settings(std::move(s)),
          ports(p),
          lobbyThread("media-lobby"),
          lobbyPark(lobbyThread.loop())
    {
        const auto url = net::parseSocketUrl(settings.modelUrl);
        if (!url)
            base::log::error("model.address", {{QStringLiteral("why"),
                                                QStringLiteral("it is no WebSocket address")}});
        model = {url.value_or(net::SocketUrl{}), settings.modelKey, settings.reconnects,
                 settings.reconnectPause};
        for (int i = 0; i < std::max(settings.workers, 1); ++i)
            workers.push_back(std::make_unique<CallWorker>(
                "bridge-" + std::to_string(i), settings, model, ports,
                [this](base::CallId id, CallWorker::What what) { onEnded(id, what); }));
        load.resize(workers.size());
        lobby = std::make_unique<MediaLobby>(
            MediaLobby::Ports{lobbyPark, ports.lookup, ports.phoneCodec,
                              [this](net::Detached &socket, const PhoneStart &start,
                                     const CallPlan &plan) { return adopt(socket, start, plan); }},
            settings.startTimeout);
    }

    ~Private()
    {
        lobbyThread.stop();
        workers.clear(); // while what their calls report to still stands
    }

    size_t leastLoaded() const
    {
        return size_t(std::min_element(load.begin(), load.end()) - load.begin());
    }

    std::string adopt(net::Detached &socket, const PhoneStart &start, const CallPlan &plan)
    {
        const std::lock_guard lock(mutex);
        if (isClosed)
            return "shutting down";
        auto [place, isNew] = places.try_emplace(plan.id, Place{leastLoaded(), false});
        if (place->second.isLive)
            return "the call has a stream already";
        place->second.isLive = true;
        load[place->second.worker] += isNew ? 1 : 0;
        ++live;
        workers[place->second.worker]->adopt(std::move(socket), start, plan);
        return {};
    }

    void onEnded(base::CallId id, CallWorker::What what)
    {
        const std::lock_guard lock(mutex);
        const auto found = places.find(id);
        // A prepared session may be given up in the very moment its call comes.
        if (found == places.end() || found->second.isLive != (what == CallWorker::What::Call))
            return;
        --load[found->second.worker];
        live -= found->second.isLive ? 1 : 0;
        places.erase(found);
    }

    /// The worker that carries this call; null when it does not run here.
    CallWorker *find(base::CallId id, bool mustBeLive = true) const
    {
        const std::lock_guard lock(mutex);
        const auto found = places.find(id);
        if (found == places.end() || (mustBeLive && !found->second.isLive))
            return nullptr;
        return workers[found->second.worker].get();
    }

    const BridgeSettings settings;
    const Ports ports;
    ModelAddress model;

    mutable std::mutex mutex;
    std::unordered_map<base::CallId, Place> places; ///< guarded by mutex
    std::vector<int> load;                          ///< guarded by mutex
    int live = 0;                                   ///< guarded by mutex
    bool isClosed = false;                          ///< guarded by mutex

    net::LoopThread lobbyThread;
    LegPark lobbyPark;
    std::vector<std::unique_ptr<CallWorker>> workers;
    std::unique_ptr<MediaLobby> lobby;
};

Bridge::Bridge(BridgeSettings settings, Ports ports)
    : m_d(std::make_unique<Private>(std::move(settings), ports))
{
}

Bridge::~Bridge()
{
    shutdown(base::Millis(2'000));
}

void Bridge::prepare(const CallPlan &plan)
{
    const std::lock_guard lock(m_d->mutex);
    if (m_d->isClosed)
        return;
    const auto [place, isNew] =
        m_d->places.try_emplace(plan.id, Private::Place{m_d->leastLoaded(), false});
    if (!isNew)
        return;
    ++m_d->load[place->second.worker];
    m_d->workers[place->second.worker]->prepare(plan);
}

void Bridge::forget(base::CallId call)
{
    if (CallWorker *worker = m_d->find(call, false))
        worker->forget(call);
}

void Bridge::takeMedia(net::Detached socket, std::string scenario)
{
    auto shared = std::make_shared<net::Detached>(std::move(socket));
    m_d->lobbyThread.loop().post([this, shared, scenario = std::move(scenario)] {
        const bool isClosed = (std::lock_guard(m_d->mutex), m_d->isClosed);
        if (!isClosed)
            m_d->lobby->take(std::move(*shared), scenario);
    });
}

bool Bridge::hangUp(base::CallId call, EndReason reason)
{
    CallWorker *worker = m_d->find(call);
    if (worker)
        worker->hangUp(call, reason);
    return worker != nullptr;
}

bool Bridge::windUp(base::CallId call, EndReason reason, const QString &instruction)
{
    CallWorker *worker = m_d->find(call);
    if (worker)
        worker->windUp(call, reason, instruction);
    return worker != nullptr;
}

std::shared_ptr<Bridge::Listening> Bridge::listen(base::CallId call, ListenSink sink)
{
    CallWorker *worker = m_d->find(call);
    if (!worker)
        return nullptr;
    auto listener = std::make_shared<Listener>(std::move(sink));
    worker->listen(call, listener);
    return std::make_shared<Listening>(std::move(listener));
}

void Bridge::describe(base::CallId call, const DetailAnswer &answer)
{
    if (CallWorker *worker = m_d->find(call))
        worker->describe(call, answer);
    else
        answer(std::nullopt);
}

int Bridge::callCount() const
{
    const std::lock_guard lock(m_d->mutex);
    return m_d->live;
}

void Bridge::shutdown(base::Millis patience)
{
    const auto deadline = std::chrono::steady_clock::now() + patience;
    {
        const std::lock_guard lock(m_d->mutex);
        if (std::exchange(m_d->isClosed, true))
            return;
    }
    m_d->lobbyThread.loop().post([this] { m_d->lobby->close(); });
    for (const auto &worker : m_d->workers)
        worker->shutdown(deadline);
}

} // namespace server::bridge
