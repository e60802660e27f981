#include "console/views/call_cell_delegate.h"

#include "console/models/live_calls_model.h"
#include "console/views/card.h"
#include "console/views/icons.h"
#include "console/views/theme.h"

#include <QPainter>

#include <utility>

namespace console::views {

using models::LiveCallsModel;
using protocol::CallState;

namespace {

constexpr int kCellPadding = 10;
constexpr qint64 kSlowMs = 1500; ///< an answer this late feels like a pause

} // namespace

void paintRowBackground(QPainter *painter, const QStyleOptionViewItem &option,
                        const QModelIndex &index, const Theme &theme)
{
    QColor ground = theme.surface;
    if (option.state.testFlag(QStyle::State_Selected))
        ground = theme.selection;
    else if (option.state.testFlag(QStyle::State_MouseOver))
        ground = theme.raised;
    painter->fillRect(option.rect, ground);
    painter->fillRect(QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1),
                      theme.border);
    if (index.column() == 0 && option.state.testFlag(QStyle::State_Selected))
        painter->fillRect(QRect(option.rect.left(), option.rect.top(), 3, option.rect.height()),
                          theme.accent);
}

std::pair<QColor, QColor> stateColors(int state, const Theme &theme)
{
    switch (CallState(state)) {
    case CallState::Talking:
        return {theme.good, theme.goodTint};
    case CallState::Dialing:
    case CallState::Ringing:
    case CallState::Connecting:
        return {theme.accent, theme.selection};
    case CallState::Ending:
        return {theme.warning, theme.warningTint};
    case CallState::Ended:
        break;
    }
    return {theme.mutedText, theme.raised};
}

int paintPill(QPainter *painter, const QRect &area, const QString &text, const QFont &font,
              const std::pair<QColor, QColor> &colors)
{
    const QFontMetrics metrics(font);
    const int height = metrics.height() + 6;
    const int width = metrics.horizontalAdvance(text) + 30;
    const QRectF pill(area.left(), area.center().y() - height / 2.0 + 0.5, width, height);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(Qt::NoPen);
    painter->setBrush(colors.second);
    painter->drawRoundedRect(pill, height / 2.0, height / 2.0);
    painter->setBrush(colors.first);
    painter->drawEllipse(QPointF(pill.left() + 12, pill.center().y()), 3, 3);
    painter->setPen(colors.first);
    painter->setFont(font);
    painter->drawText(pill.adjusted(20, 0, 0, 0), Qt::AlignVCenter | Qt::AlignLeft, text);
    painter->restore();
    return width;
}

void CallCellDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option,
                             const QModelIndex &index) const
{
    const Theme theme = Theme::of(option.palette);
    paintRowBackground(painter, option, index, theme);
    if (index.column() == LiveCallsModel::StateColumn)
        paintState(painter, option, index, theme);
    else if (index.column() == LiveCallsModel::LastWordsColumn)
        paintLastWords(painter, option, index, theme);
    else
        paintText(painter, option, index, theme);
}

void CallCellDelegate::paintState(QPainter *painter, const QStyleOptionViewItem &option,
                                  const QModelIndex &index, const Theme &theme) const
{
    const int state = index.data(LiveCallsModel::StateRole).toInt();
    std::pair<QColor, QColor> colors = stateColors(state, theme);
    if (option.state.testFlag(QStyle::State_Selected))
        colors.second = theme.surface;
    QRect area = option.rect.adjusted(kCellPadding + 2, 0, 0, -1);
    area.setLeft(area.left() + 4
                 + paintPill(painter, area, index.data().toString(),
                             fontLike(option.font, -1, QFont::DemiBold), colors));
    if (index.data(LiveCallsModel::IsListenedRole).toBool()) {
        const qreal scale = painter->device()->devicePixelRatioF();
        painter->drawPixmap(area.left() + 4, area.center().y() - 8,
                            tintedPixmap(QStringLiteral("listen"), theme.accent, 17, scale));
    }
}

void CallCellDelegate::paintLastWords(QPainter *painter, const QStyleOptionViewItem &option,
                                      const QModelIndex &index, const Theme &theme) const
{
    QRect area = option.rect.adjusted(kCellPadding, 0, -kCellPadding, -1);
    const QString speaker = index.data(LiveCallsModel::LastSpeakerRole).toString();
    painter->save();
    if (!speaker.isEmpty()) {
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(Qt::NoPen);
        painter->setBrush(speaker == QLatin1String("agent") ? theme.agent : theme.caller);
        painter->drawRoundedRect(QRectF(area.left(), area.center().y() - 7, 3, 15), 1.5, 1.5);
        area.setLeft(area.left() + 11);
    }
    painter->setPen(theme.text);
    painter->setFont(option.font);
    // The newest words matter, so the beginning gives way.
    painter->drawText(
        area, Qt::AlignVCenter | Qt::AlignLeft,
        option.fontMetrics.elidedText(index.data().toString(), Qt::ElideLeft, area.width()));
    painter->restore();
}

void CallCellDelegate::paintText(QPainter *painter, const QStyleOptionViewItem &option,
                                 const QModelIndex &index, const Theme &theme) const
{
    const QRect area = option.rect.adjusted(kCellPadding, 0, -kCellPadding, -1);
    QColor color = theme.text;
    QFont font = option.font;
    Qt::Alignment side = Qt::AlignLeft;
    switch (index.column()) {
    case LiveCallsModel::DurationColumn:
        side = Qt::AlignRight;
        if (index.data(LiveCallsModel::NearLimitRole).toBool())
            color = theme.warning;
        break;
    case LiveCallsModel::LatencyColumn:
        side = Qt::AlignRight;
        if (index.data(LiveCallsModel::LatencyRole).toLongLong() > kSlowMs)
            color = theme.warning;
        break;
    case LiveCallsModel::PhoneColumn:
        font.setWeight(QFont::Medium);
        break;
    case LiveCallsModel::AccountColumn:
        color = theme.mutedText;
        break;
    default:
        break;
    }
    painter->save();
    painter->setPen(color);
    painter->setFont(font);
    const QFontMetrics metrics(font);
    painter->drawText(area, int(Qt::AlignVCenter | side),
                      metrics.elidedText(index.data().toString(), Qt::ElideRight, area.width()));
    painter->restore();
}

} // namespace console::views
