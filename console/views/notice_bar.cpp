#include "console/views/notice_bar.h"

#include "console/views/card.h"
#include "console/views/icons.h"
#include "console/views/theme.h"

#include <QAccessible>
#include <QEvent>
#include <QHBoxLayout>
#include <QPushButton>

#include <chrono>

namespace console::views {

namespace {

using namespace std::chrono_literals;
constexpr auto kBriefly = 10s;

} // namespace

NoticeBar::NoticeBar(QWidget *parent)
    : QFrame(parent),
      m_icon(new QLabel(this)),
      m_text(makeLabel({}, 0, QFont::Normal, false, this)),
      m_close(new QPushButton(this))
{
    setObjectName(QStringLiteral("banner"));
    setProperty("kind", QStringLiteral("info"));
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(14, 6, 6, 6);
    layout->setSpacing(10);
    layout->addWidget(m_icon);
    layout->addWidget(m_text, 1);
    layout->addWidget(m_close);
    m_text->setWordWrap(true);
    m_close->setProperty("kind", QStringLiteral("flat"));
    m_close->setToolTip(tr("Close this message"));
    m_close->setAccessibleName(tr("Close this message"));
    connect(m_close, &QPushButton::clicked, this, &QWidget::hide);
    m_leave.setSingleShot(true);
    connect(&m_leave, &QTimer::timeout, this, &QWidget::hide);
    tint();
    hide();
}

void NoticeBar::showNotice(const QString &text, Stay stay)
{
    m_text->setText(text);
    setAccessibleName(text);
    m_leave.stop();
    if (stay == Stay::Briefly)
        m_leave.start(kBriefly);
    show();
    QAccessibleEvent event(this, QAccessible::Alert);
    QAccessible::updateAccessibility(&event);
}

QString NoticeBar::text() const
{
    return m_text->text();
}

void NoticeBar::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange)
        tint();
    QFrame::changeEvent(event);
}

void NoticeBar::tint()
{
    const Theme theme = Theme::of(palette());
    m_icon->setPixmap(tintedPixmap(QStringLiteral("info"), theme.accent, 18, devicePixelRatioF()));
    m_close->setIcon(tintedIcon(QStringLiteral("close"), theme.text));
}

} // namespace console::views
