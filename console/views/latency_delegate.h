// Draws one turn's latency as a bar with its number.
#pragma once

#include <QStyledItemDelegate>

namespace console::views {

/// "Turn 3 ▬▬▬▬▭ 640 ms": first the model's part, then ours. All rows share one scale.
class LatencyDelegate final : public QStyledItemDelegate
{
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter *painter, const QStyleOptionViewItem &option,
               const QModelIndex &index) const override;
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;
};

} // namespace console::views
