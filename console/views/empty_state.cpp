#include "console/views/empty_state.h"

#include "console/views/card.h"
#include "console/views/icons.h"
#include "console/views/theme.h"

#include <QEvent>
#include <QVBoxLayout>

namespace console::views {

EmptyState::EmptyState(QString iconName, QWidget *parent)
    : QWidget(parent),
      m_iconName(std::move(iconName)),
      m_icon(new QLabel(this)),
      m_title(makeLabel({}, 1, QFont::DemiBold, false, this)),
      m_hint(makeLabel({}, 0, QFont::Normal, true, this))
{
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(24, 12, 24, 12);
    layout->setSpacing(6);
    layout->addStretch();
    for (QLabel *label : {m_icon, m_title, m_hint}) {
        label->setAlignment(Qt::AlignCenter);
        layout->addWidget(label);
    }
    m_hint->setWordWrap(true);
    layout->addStretch();
    tint();
}

void EmptyState::setText(const QString &title, const QString &hint)
{
    m_title->setText(title);
    m_hint->setText(hint);
    m_hint->setVisible(!hint.isEmpty());
    setAccessibleName(title);
    setAccessibleDescription(hint);
}

void EmptyState::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange)
        tint();
    QWidget::changeEvent(event);
}

void EmptyState::tint()
{
    m_icon->setPixmap(
        tintedPixmap(m_iconName, Theme::of(palette()).mutedText, 36, devicePixelRatioF()));
}

} // namespace console::views
