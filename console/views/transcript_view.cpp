#include "console/views/transcript_view.h"

#include "console/views/transcript_delegate.h"

#include <QScrollBar>

namespace console::views {

namespace {

constexpr int kNearEnd = 24; ///< pixels that still count as "at the end"

} // namespace

TranscriptView::TranscriptView(models::TranscriptModel &transcript, QWidget *parent)
    : QListView(parent)
{
    setObjectName(QStringLiteral("transcriptView"));
    setModel(&transcript);
    setItemDelegate(new TranscriptDelegate(this));
    setAccessibleName(tr("Transcript"));
    setAccessibleDescription(
        tr("What caller and agent said; words that were never heard are struck through."));
    setResizeMode(Adjust);
    setVerticalScrollMode(ScrollPerPixel);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setEditTriggers(NoEditTriggers);
    connect(verticalScrollBar(), &QScrollBar::valueChanged, this,
            [this](int value) { m_isAtEnd = value >= verticalScrollBar()->maximum() - kNearEnd; });
    connect(verticalScrollBar(), &QScrollBar::rangeChanged, this, &TranscriptView::follow);
    // A line that grows needs a new height.
    connect(&transcript, &QAbstractItemModel::dataChanged, this,
            [this] { scheduleDelayedItemsLayout(); });
    connect(&transcript, &QAbstractItemModel::modelReset, this, [this] { m_isAtEnd = true; });
}

void TranscriptView::follow()
{
    if (m_isAtEnd)
        verticalScrollBar()->setValue(verticalScrollBar()->maximum());
}

} // namespace console::views
