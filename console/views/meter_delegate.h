// Draws a leg's level.
#pragma once

#include <QStyledItemDelegate>

namespace console::views {

/// A segmented bar on a dB scale with a held peak. The caller's and the agent's colour differ, the
/// same everywhere in the console.
class MeterDelegate final : public QStyledItemDelegate
{
    Q_OBJECT

public:
    enum class Leg { Caller, Agent };

    explicit MeterDelegate(Leg leg, QObject *parent = nullptr)
        : QStyledItemDelegate(parent), m_leg(leg)
    {
    }

    void paint(QPainter *painter, const QStyleOptionViewItem &option,
               const QModelIndex &index) const override;

private:
    Leg m_leg;
};

} // namespace console::views
