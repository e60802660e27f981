#include "console/api/live_feed.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QNetworkRequest>
#include <QRandomGenerator>
#include <QUrlQuery>

#include <chrono>
#include <variant>

namespace console::api {

namespace {

using namespace std::chrono_literals;

constexpr auto kPulse = 5s;
/// Nothing in this time, not even a pong: the connection is dead although nobody said so.
constexpr auto kSilence = 15s;
constexpr quint64 kLargestMessage = 16 << 20;

QUrl feedUrl(const QUrl &server, const QString &ticket)
{
    QUrl url = server;
    url.setScheme(server.scheme() == QLatin1String("https") ? QStringLiteral("wss")
                                                            : QStringLiteral("ws"));
    QString path = server.path();
    while (path.endsWith(u'/'))
        path.chop(1);
    url.setPath(path + QStringLiteral("/admin/live"));
    QUrlQuery query;
    query.addQueryItem(QStringLiteral("ticket"),
                       QString::fromLatin1(QUrl::toPercentEncoding(ticket)));
    url.setQuery(query);
    return url;
}

} // namespace

LiveFeed::LiveFeed(TicketSource tickets, QObject *parent)
    : QObject(parent), m_tickets(std::move(tickets))
{
    m_retry.setSingleShot(true);
    connect(&m_retry, &QTimer::timeout, this, &LiveFeed::connectNow);
    m_pulse.setInterval(kPulse);
    connect(&m_pulse, &QTimer::timeout, this, &LiveFeed::keepAlive);
}

LiveFeed::~LiveFeed()
{
    abandonSocket();
}

void LiveFeed::start(const QUrl &server)
{
    stop();
    m_server = server;
    connectNow();
}

void LiveFeed::stop()
{
    ++m_attempt;
    abandonSocket();
    m_retry.stop();
    m_backoff.reset();
    m_watched = 0;
    m_listened = 0;
    m_problem.clear();
    setState(State::Idle);
}

void LiveFeed::retryNow()
{
    if (m_state == State::Waiting || m_state == State::Refused)
        connectNow();
}

void LiveFeed::watch(qint64 callId)
{
    m_watched = callId;
    if (m_state == State::Online)
        send("watch", callId);
}

void LiveFeed::unwatch()
{
    m_watched = 0;
    if (m_state == State::Online)
        send("unwatch");
}

void LiveFeed::listen(qint64 callId)
{
    m_listened = callId;
    if (m_state == State::Online)
        send("listen", callId);
}

void LiveFeed::unlisten()
{
    m_listened = 0;
    if (m_state == State::Online)
        send("unlisten");
}

void LiveFeed::setState(State state)
{
    m_state = state;
    emit stateChanged();
}

void LiveFeed::connectNow()
{
    m_retry.stop();
    abandonSocket();
    const int attempt = ++m_attempt;
    setState(State::Connecting);
    m_tickets(this, [this, attempt](const base::Result<QString> &ticket) {
        if (attempt == m_attempt)
            onTicket(ticket);
    });
}

void LiveFeed::onTicket(const base::Result<QString> &ticket)
{
    if (ticket) {
        openSocket(*ticket);
        return;
    }
    if (ticket.error().fault == base::Fault::Forbidden) {
        m_problem = ticket.error().message;
        setState(State::Refused);
        return;
    }
    onLost(ticket.error().message);
}

void LiveFeed::openSocket(const QString &ticket)
{
    m_socket = std::make_unique<QWebSocket>();
    QWebSocket *socket = m_socket.get();
    socket->setMaxAllowedIncomingMessageSize(kLargestMessage);
    connect(socket, &QWebSocket::connected, this, [this] { m_lastSign.start(); });
    connect(socket, &QWebSocket::textMessageReceived, this, &LiveFeed::onText);
    connect(socket, &QWebSocket::binaryMessageReceived, this, &LiveFeed::onBinary);
    connect(socket, &QWebSocket::pong, this, [this] { m_lastSign.start(); });
    connect(socket, &QWebSocket::disconnected, this,
            [this] { onLost(tr("The connection to the server was lost.")); });
    connect(socket, QOverload<QAbstractSocket::SocketError>::of(&QWebSocket::error), this,
            [this] { onLost(tr("The server cannot be reached.")); });
    m_lastSign.start();
    m_pulse.start();
    socket->open(feedUrl(m_server, ticket));
}

void LiveFeed::abandonSocket()
{
    m_pulse.stop();
    if (!m_socket)
        return;
    m_socket->disconnect(this);
    m_socket->abort();
    // We may be inside one of its signals.
    m_socket.release()->deleteLater();
}

void LiveFeed::onLost(const QString &problem)
{
    ++m_attempt;
    abandonSocket();
    const auto wait = m_backoff.next(QRandomGenerator::global()->generateDouble());
    m_problem = problem;
    m_retryAt = QDateTime::currentDateTimeUtc().addMSecs(wait.count());
    m_retry.start(wait);
    setState(State::Waiting);
}

void LiveFeed::keepAlive()
{
    if (m_lastSign.elapsed() > std::chrono::milliseconds(kSilence).count()) {
        onLost(tr("The server has fallen silent."));
        return;
    }
    if (m_socket)
        m_socket->ping();
}

void LiveFeed::send(const char *type, qint64 callId)
{
    QJsonObject object{{QStringLiteral("type"), QString::fromLatin1(type)}};
    if (callId > 0)
        object.insert(QStringLiteral("call_id"), callId);
    if (m_socket)
        m_socket->sendTextMessage(
            QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Compact)));
}

void LiveFeed::onText(const QString &text)
{
    m_lastSign.start();
    if (const auto message = decodeLiveMessage(text))
        std::visit([this](const auto &value) { deliver(value); }, *message);
}

void LiveFeed::onBinary(const QByteArray &bytes)
{
    m_lastSign.start();
    if (const auto frame = protocol::ListenFrame::decode(bytes))
        emit audioReceived(*frame);
}

void LiveFeed::deliver(const LiveSnapshot &snapshot)
{
    m_backoff.reset();
    m_problem.clear();
    setState(State::Online);
    emit snapshotReceived(snapshot);
    if (m_watched > 0)
        send("watch", m_watched);
    if (m_listened > 0)
        send("listen", m_listened);
}

void LiveFeed::deliver(const LiveDelta &delta)
{
    emit deltaReceived(delta);
}

void LiveFeed::deliver(const protocol::CallDetail &detail)
{
    emit detailReceived(detail);
}

void LiveFeed::deliver(const LineNews &news)
{
    emit lineReceived(news.callId, news.line);
}

void LiveFeed::deliver(const TurnNews &news)
{
    emit turnReceived(news.callId, news.turn);
}

void LiveFeed::deliver(const TimelineNews &news)
{
    emit timelineReceived(news.callId, news.event);
}

void LiveFeed::deliver(const ListeningNews &news)
{
    emit listeningStarted(news.callId);
}

void LiveFeed::deliver(const StoppedNews &news)
{
    if (m_listened == news.callId)
        m_listened = 0;
    emit listeningStopped(news.callId, news.reason);
}

void LiveFeed::deliver(const RefusedNews &news)
{
    if (news.request == QLatin1String("listen") && m_listened == news.callId)
        m_listened = 0;
    emit requestRefused(news.request, news.callId, news.message);
}

} // namespace console::api
