// Draws the cells of the table of calls, but for the meters.
#pragma once

#include <QStyledItemDelegate>

namespace console::views {

struct Theme;

/// State as a pill, direction beside the number, the speaker's colour before the last words.
class CallCellDelegate final : public QStyledItemDelegate
{
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter *painter, const QStyleOptionViewItem &option,
               const QModelIndex &index) const override;

private:
    void paintState(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index,
                    const Theme &theme) const;
    void paintLastWords(QPainter *painter, const QStyleOptionViewItem &option,
                        const QModelIndex &index, const Theme &theme) const;
    void paintText(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index,
                   const Theme &theme) const;
};

/// What every cell of a row stands on: selection, hover, the hairline below.
void paintRowBackground(QPainter *painter, const QStyleOptionViewItem &option,
                        const QModelIndex &index, const Theme &theme);

/// The colours of a state's pill: text and ground.
std::pair<QColor, QColor> stateColors(int state, const Theme &theme);
/// Draws a pill with a dot and gives its width back.
int paintPill(QPainter *painter, const QRect &area, const QString &text, const QFont &font,
              const std::pair<QColor, QColor> &colors);

} // namespace console::views
