#include "console/models/live_desk.h"

#include <algorithm>

namespace console::models {

using api::LiveFeed;
using protocol::CallState;

LiveDesk::LiveDesk(api::ApiClient &client, api::LiveFeed &feed, QObject *parent)
    : QObject(parent), m_client(client), m_feed(feed)
{
    connect(&feed, &LiveFeed::stateChanged, this, &LiveDesk::onLinkChanged);
    connect(&feed, &LiveFeed::snapshotReceived, this, &LiveDesk::onSnapshot);
    connect(&feed, &LiveFeed::deltaReceived, this, &LiveDesk::onDelta);
    connect(&feed, &LiveFeed::detailReceived, this, &LiveDesk::onDetail);
    connect(&feed, &LiveFeed::lineReceived, this, [this](qint64 callId, const auto &line) {
        if (callId == m_watchedId)
            m_transcript.upsert(line);
    });
    connect(&feed, &LiveFeed::turnReceived, this, [this](qint64 callId, const auto &turn) {
        if (callId == m_watchedId)
            m_latency.upsert(turn);
    });
    connect(&feed, &LiveFeed::timelineReceived, this, [this](qint64 callId, const auto &event) {
        if (callId == m_watchedId)
            m_timeline.append(event);
    });
    connect(&feed, &LiveFeed::listeningStarted, this, &LiveDesk::onListening);
    connect(&feed, &LiveFeed::listeningStopped, this, &LiveDesk::onStopped);
    connect(&feed, &LiveFeed::requestRefused, this, &LiveDesk::onRefused);
    connect(&feed, &LiveFeed::audioReceived, this, [this](const protocol::ListenFrame &frame) {
        if (frame.callId == m_listenedId)
            emit audioReceived(frame);
    });
}

LiveDesk::Link LiveDesk::link() const
{
    switch (m_feed.state()) {
    case LiveFeed::State::Idle:
        return Link::Offline;
    case LiveFeed::State::Connecting:
        return Link::Connecting;
    case LiveFeed::State::Online:
        return Link::Online;
    case LiveFeed::State::Waiting:
        return Link::Waiting;
    case LiveFeed::State::Refused:
        return Link::Refused;
    }
    return Link::Offline;
}

int LiveDesk::secondsToRetry() const
{
    const qint64 ms = QDateTime::currentDateTimeUtc().msecsTo(m_feed.retryAt());
    return int(std::max(qint64(0), (ms + 999) / 1000));
}

void LiveDesk::open()
{
    m_feed.start(m_client.server());
}

void LiveDesk::close()
{
    m_feed.stop();
    m_hasSnapshot = false;
    m_hangingUp.clear();
    forgetListening();
    watch(0);
    m_calls.clear();
}

bool LiveDesk::may(protocol::Permission permission) const
{
    return protocol::isAllowed(m_client.user().role, permission);
}

void LiveDesk::watch(qint64 callId)
{
    if (callId == m_watchedId)
        return;
    m_watchedId = callId;
    m_watchedCall = m_calls.call(callId);
    m_transcript.clear();
    m_latency.clear();
    m_timeline.clear();
    if (callId > 0)
        m_feed.watch(callId);
    else
        m_feed.unwatch();
    emit watchedChanged();
    emit commandsChanged();
}

void LiveDesk::listen(qint64 callId)
{
    if (!mayListen(callId))
        return;
    m_listenedId = callId;
    m_isHearing = false;
    m_calls.setListened(callId);
    m_feed.listen(callId);
    emit listeningChanged();
    emit commandsChanged();
}

void LiveDesk::stopListening()
{
    if (m_listenedId == 0)
        return;
    m_feed.unlisten();
    forgetListening();
}

void LiveDesk::forgetListening()
{
    if (m_listenedId == 0)
        return;
    m_listenedId = 0;
    m_isHearing = false;
    m_calls.setListened(0);
    emit listeningChanged();
    emit commandsChanged();
}

bool LiveDesk::mayListen(qint64 callId) const
{
    const auto call = m_calls.call(callId);
    return call && call->state == CallState::Talking && link() == Link::Online
           && may(protocol::Permission::Listen);
}

bool LiveDesk::mayHangUp(qint64 callId) const
{
    const auto call = m_calls.call(callId);
    return call && call->state != CallState::Ending && call->state != CallState::Ended
           && !m_hangingUp.contains(callId) && may(protocol::Permission::HangUp);
}

void LiveDesk::hangUp(qint64 callId)
{
    if (!mayHangUp(callId))
        return;
    m_hangingUp.insert(callId);
    emit commandsChanged();
    m_client.hangUp(base::CallId{callId}, this, [this, callId](const base::Result<> &answer) {
        m_hangingUp.remove(callId);
        if (!answer)
            emit failed(tr("The call could not be hung up: %1").arg(answer.error().message));
        emit commandsChanged();
    });
}

void LiveDesk::onSnapshot(const api::LiveSnapshot &snapshot)
{
    m_hasSnapshot = true;
    m_calls.applySnapshot(snapshot.calls);
    if (m_listenedId > 0 && m_calls.rowOf(m_listenedId) < 0)
        stopListening();
    refreshWatched();
    emit snapshotTaken();
    emit commandsChanged();
}

void LiveDesk::onDelta(const api::LiveDelta &delta)
{
    m_calls.applyDelta(delta.changed, delta.removed, delta.levels);
    if (delta.removed.contains(m_listenedId))
        stopListening();
    if (delta.removed.contains(m_watchedId))
        fetchFinalDetail(m_watchedId);
    if (!delta.changed.isEmpty() || !delta.removed.isEmpty()) {
        refreshWatched();
        emit commandsChanged();
    }
}

void LiveDesk::refreshWatched()
{
    if (m_watchedId == 0)
        return;
    if (const auto call = m_calls.call(m_watchedId))
        m_watchedCall = call;
    else if (m_watchedCall)
        m_watchedCall->state = CallState::Ended;
    emit watchedCallUpdated();
}

void LiveDesk::fetchFinalDetail(qint64 callId)
{
    // The feed forgets a call that has ended; its stored form has the last words too.
    m_client.fetchCall(base::CallId{callId}, this,
                       [this, callId](const base::Result<protocol::CallDetail> &detail) {
                           if (detail && callId == m_watchedId)
                               showDetail(*detail);
                       });
}

void LiveDesk::onDetail(const protocol::CallDetail &detail)
{
    if (detail.callId == m_watchedId)
        showDetail(detail);
}

void LiveDesk::showDetail(const protocol::CallDetail &detail)
{
    m_transcript.setLines(detail.transcript);
    m_latency.setTurns(detail.turns);
    m_timeline.setEvents(detail.timeline);
}

void LiveDesk::onLinkChanged()
{
    // The feed asks again after it has reconnected; until then nothing is heard.
    if (link() != Link::Online && m_isHearing) {
        m_isHearing = false;
        emit listeningChanged();
    }
    if (link() != Link::Online)
        m_calls.silence();
    emit linkChanged();
    emit commandsChanged();
}

void LiveDesk::onListening(qint64 callId)
{
    if (callId != m_listenedId)
        return;
    m_isHearing = true;
    emit listeningChanged();
}

void LiveDesk::onStopped(qint64 callId, const QString &reason)
{
    if (callId != m_listenedId)
        return;
    forgetListening();
    if (!reason.isEmpty())
        emit failed(tr("Listening has stopped: %1").arg(reason));
}

void LiveDesk::onRefused(const QString &request, qint64 callId, const QString &message)
{
    if (request == QLatin1String("listen") && callId == m_listenedId)
        forgetListening();
    emit failed(message.isEmpty() ? tr("The server refused this.") : message);
}

} // namespace console::models
