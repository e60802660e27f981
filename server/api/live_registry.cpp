#include "server/api/live_registry.h"

#include <QJsonDocument>

#include <algorithm>

namespace server::api {

namespace {

constexpr base::Millis kBatch{100};
constexpr base::Millis kShownAfterEnd{5'000}; // long enough to read why a call ended

} // namespace

LiveRegistry::LiveRegistry(net::Loop &loop, OutcomeHandler outcome)
    : m_loop(loop), m_outcome(std::move(outcome))
{
}

LiveRegistry::~LiveRegistry() = default;

void LiveRegistry::callChanged(const protocol::LiveCall &call)
{
    m_loop.post([this, call] { update(call, true); });
}

void LiveRegistry::phoneStatusChanged(const protocol::LiveCall &call)
{
    m_loop.post([this, call] { update(call, false); });
}

void LiveRegistry::levels(const QList<protocol::CallLevels> &levels)
{
    m_loop.post([this, levels] {
        if (m_audience.empty())
            return;
        for (const protocol::CallLevels &reading : levels)
            m_levels[reading.id] = reading;
        flushSoon();
    });
}

void LiveRegistry::transcriptChanged(base::CallId call, const protocol::TranscriptLine &line)
{
    m_loop.post([this, call, line] {
        for (Audience *one : std::vector(m_audience))
            one->onTranscript(call, line);
    });
}

void LiveRegistry::turnMeasured(base::CallId call, const protocol::TurnLatency &turn)
{
    m_loop.post([this, call, turn] {
        for (Audience *one : std::vector(m_audience))
            one->onTurn(call, turn);
    });
}

void LiveRegistry::timelineGrew(base::CallId call, const protocol::TimelineEvent &event)
{
    m_loop.post([this, call, event] {
        for (Audience *one : std::vector(m_audience))
            one->onTimeline(call, event);
    });
}

void LiveRegistry::callEnded(const bridge::CallOutcome &outcome)
{
    m_outcome(outcome);
    m_loop.post([this, id = outcome.id, reason = toText(outcome.reason)] {
        const auto known = m_calls.find(id.value);
        if (known != m_calls.end()) {
            protocol::LiveCall call = known->second.call;
            call.state = protocol::CallState::Ended;
            call.endReason = reason;
            update(call, true);
        }
        for (Audience *one : std::vector(m_audience))
            one->onEnded(id);
    });
}

void LiveRegistry::update(const protocol::LiveCall &call, bool fromBridge)
{
    using protocol::CallState;
    const bool isOver = call.state == CallState::Ended;
    auto known = m_calls.find(call.id);
    if (known == m_calls.end()) {
        if (isOver)
            return; // never seen alive: nothing to show
        known = m_calls.emplace(call.id, Entry{}).first;
    }
    Entry &entry = known->second;
    const bool wasOver = entry.call.state == CallState::Ended && entry.call.id != 0;
    if (wasOver || (entry.isBridged && !fromBridge && !isOver))
        return;
    const int listeners = entry.call.listeners;
    const bool wasTalking = entry.isBridged;
    entry.isBridged = (entry.isBridged || fromBridge) && !isOver;
    m_talking += int(entry.isBridged) - int(wasTalking);
    if (isOver && !fromBridge && wasTalking) {
        // The phone network's short news must not wipe what the conversation had told.
        entry.call.state = CallState::Ended;
        entry.call.endReason = call.endReason;
    } else {
        entry.call = call;
    }
    entry.call.listeners = listeners;
    m_changed.insert(call.id);
    if (isOver)
        forgetLater(call.id);
    flushSoon();
}

void LiveRegistry::forgetLater(qint64 id)
{
    m_loop.startTimer(kShownAfterEnd, [this, id, alive = std::weak_ptr(m_alive)] {
        if (alive.expired() || m_calls.erase(id) == 0)
            return;
        m_changed.remove(id);
        m_levels.erase(id);
        m_removed.push_back(id);
        flushSoon();
    });
}

void LiveRegistry::setListeners(base::CallId call, int change)
{
    const auto known = m_calls.find(call.value);
    if (known == m_calls.end())
        return;
    known->second.call.listeners = std::max(0, known->second.call.listeners + change);
    m_changed.insert(call.value);
    flushSoon();
}

void LiveRegistry::addAudience(Audience *audience)
{
    m_audience.push_back(audience);
}

void LiveRegistry::removeAudience(Audience *audience)
{
    std::erase(m_audience, audience);
}

void LiveRegistry::flushSoon()
{
    if (m_flushTimer != 0)
        return;
    m_flushTimer = m_loop.startTimer(kBatch, [this, alive = std::weak_ptr(m_alive)] {
        if (!alive.expired())
            flush();
    });
}

void LiveRegistry::flush()
{
    m_flushTimer = 0;
    QJsonArray changed;
    for (const qint64 id : std::as_const(m_changed)) {
        if (const auto known = m_calls.find(id); known != m_calls.end())
            changed.append(known->second.call.toJson());
    }
    QJsonArray removed;
    for (const qint64 id : m_removed)
        removed.append(id);
    QJsonArray levels;
    for (const auto &[id, reading] : m_levels)
        levels.append(QJsonArray{id, reading.caller, reading.agent});
    m_changed.clear();
    m_removed.clear();
    m_levels.clear();
    if (m_audience.empty())
        return;
    const QJsonObject delta{{QStringLiteral("type"), QStringLiteral("delta")},
                            {QStringLiteral("changed"), changed},
                            {QStringLiteral("removed"), removed},
                            {QStringLiteral("levels"), levels}};
    const std::string message = QJsonDocument(delta).toJson(QJsonDocument::Compact).toStdString();
    for (Audience *one : std::vector(m_audience))
        one->onDelta(message);
}

std::string LiveRegistry::snapshot() const
{
    QJsonArray calls;
    for (const auto &[id, entry] : m_calls)
        calls.append(entry.call.toJson());
    return QJsonDocument(QJsonObject{{QStringLiteral("type"), QStringLiteral("snapshot")},
                                     {QStringLiteral("calls"), calls}})
        .toJson(QJsonDocument::Compact)
        .toStdString();
}

} // namespace server::api
