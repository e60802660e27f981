// Draws one utterance of the transcript.
#pragma once

#include <QStyledItemDelegate>

class QTextLayout;

namespace console::views {

/// A bubble: the caller's at the left, the agent's at the right, as they sound when one listens.
/// Words that were generated and never heard are struck through and dimmed; words still to be
/// played are dimmed only.
class TranscriptDelegate final : public QStyledItemDelegate
{
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter *painter, const QStyleOptionViewItem &option,
               const QModelIndex &index) const override;
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;

private:
    QString heading(const QModelIndex &index) const;
    QSizeF layOut(QTextLayout &layout, const QStyleOptionViewItem &option,
                  const QModelIndex &index) const;
};

} // namespace console::views
