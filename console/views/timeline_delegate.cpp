#include "console/views/timeline_delegate.h"

#include "console/models/timeline_model.h"
#include "console/views/card.h"
#include "console/views/theme.h"

#include <QAbstractItemModel>
#include <QPainter>

namespace console::views {

using models::TimelineModel;

namespace {

constexpr int kEntryPadding = 14;

QString capitalised(QString text)
{
    if (!text.isEmpty())
        text[0] = text[0].toUpper();
    return text;
}

void paintThread(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index,
                 const Theme &theme, int x, int y)
{
    painter->setPen(QPen(theme.border, 2));
    if (index.row() > 0)
        painter->drawLine(x, option.rect.top(), x, y);
    if (index.row() + 1 < index.model()->rowCount())
        painter->drawLine(x, y, x, option.rect.bottom() + 1);
    painter->setPen(Qt::NoPen);
    painter->setBrush(theme.accent);
    painter->drawEllipse(QPointF(x, y), 4, 4);
}

} // namespace

void TimelineDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option,
                             const QModelIndex &index) const
{
    const Theme theme = Theme::of(option.palette);
    const int line = option.fontMetrics.height();
    const int timeWidth = option.fontMetrics.horizontalAdvance(QStringLiteral("00:00.0"));
    const QRect area = option.rect.adjusted(kEntryPadding, 0, -kEntryPadding, 0);
    const int threadX = area.left() + timeWidth + 12;
    const QRect text(threadX + 14, area.top() + 4, area.right() - threadX - 14, line);

    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    if (option.state.testFlag(QStyle::State_Selected))
        painter->fillRect(option.rect, theme.selection);
    paintThread(painter, option, index, theme, threadX, text.center().y());
    painter->setPen(theme.mutedText);
    painter->drawText(QRect(area.left(), text.top(), timeWidth, line),
                      Qt::AlignRight | Qt::AlignVCenter,
                      index.data(TimelineModel::TimeTextRole).toString());
    const QFont nameFont = fontLike(option.font, 0, QFont::Medium);
    painter->setPen(theme.text);
    painter->setFont(nameFont);
    painter->drawText(text, Qt::AlignVCenter | Qt::AlignLeft,
                      QFontMetrics(nameFont).elidedText(
                          capitalised(index.data(TimelineModel::NameRole).toString()),
                          Qt::ElideRight, text.width()));
    painter->setPen(theme.mutedText);
    painter->setFont(option.font);
    painter->drawText(
        text.translated(0, line), Qt::AlignVCenter | Qt::AlignLeft,
        option.fontMetrics.elidedText(index.data(TimelineModel::DetailRole).toString(),
                                      Qt::ElideRight, text.width()));
    painter->restore();
}

QSize TimelineDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const int lines = index.data(TimelineModel::DetailRole).toString().isEmpty() ? 1 : 2;
    return {100, option.fontMetrics.height() * lines + 10};
}

} // namespace console::views
