#include "console/views/status_strip.h"

#include "console/views/card.h"
#include "console/views/icons.h"
#include "console/views/theme.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QPainter>

namespace console::views {

using models::LiveDesk;

namespace {

QPixmap dot(const QColor &color, qreal scale)
{
    QPixmap pixmap(QSize(10, 10) * scale);
    pixmap.setDevicePixelRatio(scale);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    painter.drawEllipse(QRectF(1, 1, 8, 8));
    return pixmap;
}

} // namespace

StatusStrip::StatusStrip(LiveDesk &desk, QWidget *parent)
    : QFrame(parent),
      m_desk(desk),
      m_serverIcon(new QLabel(this)),
      m_server(makeLabel({}, -1, QFont::Normal, true, this)),
      m_dot(new QLabel(this)),
      m_link(makeLabel({}, -1, QFont::Normal, false, this)),
      m_calls(makeLabel({}, -1, QFont::Normal, true, this)),
      m_tokenNote(makeLabel({}, -1, QFont::Normal, true, this)),
      m_listenIcon(new QLabel(this)),
      m_listening(makeLabel({}, -1, QFont::Normal, false, this))
{
    setObjectName(QStringLiteral("statusStrip"));
    m_server->setObjectName(QStringLiteral("statusServer"));
    m_link->setObjectName(QStringLiteral("statusLink"));
    m_calls->setObjectName(QStringLiteral("statusCalls"));
    m_listening->setObjectName(QStringLiteral("statusListening"));
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(18, 6, 18, 6);
    row->setSpacing(6);
    row->addWidget(m_serverIcon);
    row->addWidget(m_server);
    row->addSpacing(14);
    row->addWidget(m_dot);
    row->addWidget(m_link);
    row->addSpacing(14);
    row->addWidget(m_calls);
    row->addSpacing(14);
    row->addWidget(m_tokenNote);
    row->addStretch();
    row->addWidget(m_listenIcon);
    row->addWidget(m_listening);
    for (const auto signal : {&LiveDesk::linkChanged, &LiveDesk::snapshotTaken,
                              &LiveDesk::commandsChanged, &LiveDesk::listeningChanged})
        connect(&desk, signal, this, &StatusStrip::refresh);
    refresh();
}

void StatusStrip::setServer(const QString &server)
{
    m_server->setText(server);
    m_server->setAccessibleName(tr("Server %1").arg(server));
}

void StatusStrip::setTokenNote(const QString &note)
{
    m_tokenNote->setText(note.isEmpty() ? QString() : tr("Sign-in not stored"));
    m_tokenNote->setToolTip(note);
    m_tokenNote->setAccessibleDescription(note);
}

QString StatusStrip::linkWord() const
{
    switch (m_desk.link()) {
    case LiveDesk::Link::Offline:
        return tr("Not connected");
    case LiveDesk::Link::Connecting:
        return tr("Connecting…");
    case LiveDesk::Link::Online:
        return tr("Connected");
    case LiveDesk::Link::Waiting:
        return tr("Connection lost");
    case LiveDesk::Link::Refused:
        return tr("No access");
    }
    return {};
}

QString StatusStrip::listeningText() const
{
    if (m_desk.listenedId() == 0)
        return tr("Not listening");
    const auto call = m_desk.calls().call(m_desk.listenedId());
    const QString phone = call ? call->phoneNumber : QString();
    return m_desk.isHearing() ? tr("Listening to %1").arg(phone)
                              : tr("Waiting for sound of %1").arg(phone);
}

void StatusStrip::refresh()
{
    m_link->setText(linkWord());
    m_calls->setText(m_desk.hasSnapshot()
                         ? tr("%n live call(s)", nullptr, m_desk.calls().rowCount())
                         : QString());
    m_listening->setText(listeningText());
    tint();
}

void StatusStrip::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange)
        tint();
    QFrame::changeEvent(event);
}

void StatusStrip::tint()
{
    const Theme theme = Theme::of(palette());
    const qreal scale = devicePixelRatioF();
    const LiveDesk::Link link = m_desk.link();
    const QColor color = link == LiveDesk::Link::Online    ? theme.good
                         : link == LiveDesk::Link::Waiting ? theme.warning
                         : link == LiveDesk::Link::Refused ? theme.danger
                                                           : theme.mutedText;
    m_dot->setPixmap(dot(color, scale));
    m_serverIcon->setPixmap(tintedPixmap(QStringLiteral("server"), theme.mutedText, 15, scale));
    const QColor ear = m_desk.listenedId() > 0 ? theme.accent : theme.mutedText;
    m_listenIcon->setPixmap(tintedPixmap(QStringLiteral("listen"), ear, 15, scale));
}

} // namespace console::views
