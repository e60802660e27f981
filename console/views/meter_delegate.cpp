#include "console/views/meter_delegate.h"

#include "console/models/live_calls_model.h"
#include "console/views/call_cell_delegate.h"
#include "console/views/theme.h"

#include <QPainter>

#include <cmath>

namespace console::views {

using models::LiveCallsModel;

namespace {

constexpr int kSegments = 14;
/// Segments above -9 dBFS: speech this loud is close to clipping on a telephone line.
constexpr double kLoud = 1.0 - 9.0 / -models::MeterBallistics::kFloorDb;

} // namespace

void MeterDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option,
                          const QModelIndex &index) const
{
    const Theme theme = Theme::of(option.palette);
    paintRowBackground(painter, option, index, theme);
    if (!index.data(LiveCallsModel::IsAnsweredRole).toBool())
        return;

    const double bar = index.data(LiveCallsModel::BarRole).toDouble();
    const double peak = index.data(LiveCallsModel::PeakRole).toDouble();
    const QColor voice = m_leg == Leg::Caller ? theme.caller : theme.agent;
    QColor unlit = theme.mutedText; // see-through, so that it shows on a selected row as well
    unlit.setAlphaF(0.2F);
    const QRectF area = QRectF(option.rect).adjusted(10, 0, -14, 0);
    const double step = area.width() / kSegments;
    const double height = 12;
    const double top = area.center().y() - height / 2;
    const int held = int(std::lround(peak * kSegments)) - 1;

    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(Qt::NoPen);
    for (int i = 0; i < kSegments; ++i) {
        const double position = (i + 0.5) / kSegments;
        const bool isLit = position <= bar || (i == held && held > 0);
        const QColor lit = position > kLoud ? theme.warning : voice;
        painter->setBrush(isLit ? lit : unlit);
        painter->drawRoundedRect(QRectF(area.left() + i * step, top, step - 1.5, height), 1, 1);
    }
    painter->restore();
}

} // namespace console::views
