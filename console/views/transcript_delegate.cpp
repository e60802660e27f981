#include "console/views/transcript_delegate.h"

#include "console/models/live_calls_model.h"
#include "console/models/transcript_model.h"
#include "console/views/card.h"
#include "console/views/theme.h"

#include <QListView>
#include <QPainter>
#include <QTextLayout>

#include <algorithm>

namespace console::views {

using models::Hearing;
using models::TextRange;
using models::TranscriptModel;

namespace {

constexpr int kOuter = 14; ///< beside the bubbles
constexpr int kInner = 11; ///< inside a bubble
constexpr int kGap = 8;    ///< below a bubble
constexpr double kShare = 0.82;

int viewWidth(const QStyleOptionViewItem &option)
{
    const auto *view = qobject_cast<const QAbstractScrollArea *>(option.widget);
    return std::max(200, view ? view->viewport()->width() : option.rect.width());
}

QList<QTextLayout::FormatRange> formats(const QList<TextRange> &ranges, const Theme &theme)
{
    QList<QTextLayout::FormatRange> list;
    for (const TextRange &range : ranges) {
        QTextLayout::FormatRange format;
        format.start = int(range.start);
        format.length = int(range.length);
        format.format.setForeground(range.hearing == Hearing::Heard ? theme.text : theme.unheard);
        format.format.setFontStrikeOut(range.hearing == Hearing::NeverHeard);
        list.append(format);
    }
    return list;
}

} // namespace

QString TranscriptDelegate::heading(const QModelIndex &index) const
{
    const QString who =
        index.data(TranscriptModel::IsAgentRole).toBool() ? tr("Agent") : tr("Caller");
    const QString when =
        models::clockText(index.data(TranscriptModel::StartRole).toLongLong() / 1000);
    if (index.data(TranscriptModel::InterruptedRole).toBool())
        return tr("%1 · %2 · interrupted").arg(who, when);
    return QStringLiteral("%1 · %2").arg(who, when);
}

QSizeF TranscriptDelegate::layOut(QTextLayout &layout, const QStyleOptionViewItem &option,
                                  const QModelIndex &index) const
{
    const QString text = index.data().toString();
    layout.setText(text.isEmpty() ? QStringLiteral("…") : text);
    layout.setFont(option.font);
    layout.setFormats(formats(index.data(TranscriptModel::RangesRole).value<QList<TextRange>>(),
                              Theme::of(option.palette)));
    QTextOption wrap;
    wrap.setWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    layout.setTextOption(wrap);
    const double widest = (viewWidth(option) - 2 * kOuter) * kShare - 2 * kInner;
    double height = 0;
    double width = 0;
    layout.beginLayout();
    for (QTextLine line = layout.createLine(); line.isValid(); line = layout.createLine()) {
        line.setLineWidth(widest);
        line.setPosition({0, height});
        height += line.height() + 1;
        width = std::max(width, line.naturalTextWidth());
    }
    layout.endLayout();
    return {width, height};
}

void TranscriptDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option,
                               const QModelIndex &index) const
{
    const Theme theme = Theme::of(option.palette);
    const bool isAgent = index.data(TranscriptModel::IsAgentRole).toBool();
    const QFont headFont = fontLike(option.font, -1, QFont::DemiBold);
    const QFontMetrics headMetrics(headFont);
    QTextLayout layout;
    const QSizeF size = layOut(layout, option, index);
    const QString head = heading(index);
    const double width =
        std::max(size.width(), double(headMetrics.horizontalAdvance(head))) + 2 * kInner;
    const double left =
        isAgent ? option.rect.right() - kOuter - width : option.rect.left() + kOuter;
    const QRectF bubble(left, option.rect.top(), width, option.rect.height() - kGap);

    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(option.state.testFlag(QStyle::State_Selected) ? QPen(theme.accent, 1.5)
                                                                  : QPen(Qt::NoPen));
    painter->setBrush(isAgent ? theme.agentTint : theme.callerTint);
    painter->drawRoundedRect(bubble.adjusted(1, 1, -1, -1), 9, 9);
    painter->setFont(headFont);
    painter->setPen(isAgent ? theme.agent : theme.caller);
    painter->drawText(bubble.adjusted(kInner, 7, -kInner, 0), Qt::AlignTop | Qt::AlignLeft, head);
    painter->setPen(theme.text);
    layout.draw(painter, bubble.topLeft() + QPointF(kInner, 9 + headMetrics.height()));
    painter->restore();
}

QSize TranscriptDelegate::sizeHint(const QStyleOptionViewItem &option,
                                   const QModelIndex &index) const
{
    QTextLayout layout;
    const QSizeF size = layOut(layout, option, index);
    const int head = QFontMetrics(fontLike(option.font, -1, QFont::DemiBold)).height();
    return {viewWidth(option) - 2, int(size.height()) + head + 18 + kGap};
}

} // namespace console::views
