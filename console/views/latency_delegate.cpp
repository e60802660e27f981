#include "console/views/latency_delegate.h"

#include "console/models/latency_model.h"
#include "console/views/theme.h"

#include <QPainter>

#include <algorithm>

namespace console::views {

using models::LatencyModel;

namespace {

constexpr int kRowPadding = 14;

void paintBar(QPainter *painter, const QRectF &area, const QModelIndex &index, const Theme &theme)
{
    const double scale = std::max(1.0, index.data(LatencyModel::ScaleMsRole).toDouble());
    const double response = index.data(LatencyModel::ResponseMsRole).toDouble();
    const double model = index.data(LatencyModel::ModelMsRole).toDouble();
    const QRectF track(area.left(), area.center().y() - 4, area.width(), 8);
    painter->setPen(Qt::NoPen);
    painter->setBrush(theme.track);
    painter->drawRoundedRect(track, 4, 4);
    QRectF bar = track;
    bar.setWidth(std::max(8.0, track.width() * std::max(response, model) / scale));
    if (response > 0) {
        painter->setBrush(theme.accent);
        painter->drawRoundedRect(bar, 4, 4);
    }
    if (model > 0) {
        bar.setWidth(std::max(8.0, track.width() * model / scale));
        painter->setBrush(theme.agent);
        painter->drawRoundedRect(bar, 4, 4);
    }
}

} // namespace

void LatencyDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option,
                            const QModelIndex &index) const
{
    const Theme theme = Theme::of(option.palette);
    if (option.state.testFlag(QStyle::State_Selected))
        painter->fillRect(option.rect, theme.selection);
    const int unit = option.fontMetrics.averageCharWidth();
    QRect area = option.rect.adjusted(kRowPadding, 0, -kRowPadding, 0);
    const QRect label(area.left(), area.top(), unit * 11, area.height());
    const QRect number(area.right() - unit * 9, area.top(), unit * 9, area.height());

    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(theme.mutedText);
    const QString name = index.data(LatencyModel::IsGreetingRole).toBool()
                             ? tr("Greeting")
                             : tr("Turn %1").arg(index.data(LatencyModel::TurnRole).toInt());
    painter->drawText(label, Qt::AlignVCenter | Qt::AlignLeft, name);
    painter->setPen(theme.text);
    painter->drawText(number, Qt::AlignVCenter | Qt::AlignRight, index.data().toString());
    paintBar(
        painter,
        QRectF(label.right() + 4, area.top(), number.left() - label.right() - 12, area.height()),
        index, theme);
    painter->restore();
}

QSize LatencyDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &) const
{
    return {100, option.fontMetrics.height() + 10};
}

} // namespace console::views
