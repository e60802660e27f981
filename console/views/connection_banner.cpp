#include "console/views/connection_banner.h"

#include "console/views/card.h"
#include "console/views/icons.h"
#include "console/views/theme.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QPushButton>

namespace console::views {

using models::LiveDesk;

ConnectionBanner::ConnectionBanner(LiveDesk &desk, QWidget *parent)
    : QFrame(parent),
      m_desk(desk),
      m_icon(new QLabel(this)),
      m_text(makeLabel({}, 0, QFont::Medium, false, this)),
      m_retry(new QPushButton(tr("Try now"), this))
{
    setObjectName(QStringLiteral("banner"));
    setProperty("kind", QStringLiteral("warning"));
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(14, 8, 8, 8);
    layout->setSpacing(10);
    layout->addWidget(m_icon);
    layout->addWidget(m_text, 1);
    layout->addWidget(m_retry);
    m_text->setWordWrap(true);
    m_retry->setToolTip(tr("Connect to the server at once"));
    connect(m_retry, &QPushButton::clicked, this, [this] { m_desk.retryNow(); });
    connect(&desk, &LiveDesk::linkChanged, this, &ConnectionBanner::refresh);
    m_countdown.setInterval(std::chrono::milliseconds(250));
    connect(&m_countdown, &QTimer::timeout, this, &ConnectionBanner::refresh);
    tint();
    refresh();
}

QString ConnectionBanner::text() const
{
    return m_text->text();
}

void ConnectionBanner::refresh()
{
    const LiveDesk::Link link = m_desk.link();
    if (link == LiveDesk::Link::Waiting || link == LiveDesk::Link::Refused)
        m_wasLost = true;
    if (link == LiveDesk::Link::Online || link == LiveDesk::Link::Offline)
        m_wasLost = false;
    if (link == LiveDesk::Link::Waiting)
        m_countdown.start();
    else
        m_countdown.stop();
    m_retry->setVisible(link != LiveDesk::Link::Connecting);
    m_text->setText(sentence());
    setAccessibleName(m_text->text());
    setVisible(m_wasLost);
}

QString ConnectionBanner::sentence() const
{
    switch (m_desk.link()) {
    case LiveDesk::Link::Waiting: {
        const int seconds = m_desk.secondsToRetry();
        const QString when = seconds > 0 ? tr("Next attempt in %n second(s).", nullptr, seconds)
                                         : tr("Trying again now.");
        return QStringLiteral("%1 %2").arg(m_desk.linkProblem(), when);
    }
    case LiveDesk::Link::Refused:
        return m_desk.linkProblem();
    case LiveDesk::Link::Connecting:
        return tr("Connecting to the server again…");
    case LiveDesk::Link::Online:
    case LiveDesk::Link::Offline:
        break;
    }
    return {};
}

void ConnectionBanner::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange)
        tint();
    QFrame::changeEvent(event);
}

void ConnectionBanner::tint()
{
    m_icon->setPixmap(tintedPixmap(QStringLiteral("warning"), Theme::of(palette()).warning, 20,
                                   devicePixelRatioF()));
}

} // namespace console::views
