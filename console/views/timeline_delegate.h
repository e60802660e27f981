// Draws one event of a call.
#pragma once

#include <QStyledItemDelegate>

namespace console::views {

/// Time, a dot on a thread, what happened, and below it the detail.
class TimelineDelegate final : public QStyledItemDelegate
{
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter *painter, const QStyleOptionViewItem &option,
               const QModelIndex &index) const override;
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;
};

} // namespace console::views
