#include "console/views/calls_table.h"

#include "console/views/call_cell_delegate.h"
#include "console/views/meter_delegate.h"

#include <QHeaderView>

namespace console::views {

using models::LiveCallsModel;

CallsTable::CallsTable(LiveCallsModel &calls, QWidget *parent) : QTableView(parent), m_calls(calls)
{
    // Before the view's own connection: it would move the selection to a neighbour.
    connect(&calls, &QAbstractItemModel::rowsAboutToBeRemoved, this,
            [this](const QModelIndex &, int first, int last) { onAboutToRemove(first, last); });
    setModel(&calls);
    setObjectName(QStringLiteral("callsTable"));
    setAccessibleName(tr("Live calls"));
    setAccessibleDescription(tr("Arrow keys choose a call; its details are shown below."));
    setSelectionBehavior(SelectRows);
    setSelectionMode(SingleSelection);
    setTabKeyNavigation(false);
    setShowGrid(false);
    setWordWrap(false);
    setMouseTracking(true);
    setVerticalScrollMode(ScrollPerPixel);
    setHorizontalScrollMode(ScrollPerPixel);
    setEditTriggers(NoEditTriggers);
    verticalHeader()->hide();
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 20);
    setColumns();
    connect(selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex &current) {
                if (current.isValid())
                    emit callSelected(current.data(LiveCallsModel::CallIdRole).toLongLong());
            });
}

void CallsTable::setColumns()
{
    setItemDelegate(new CallCellDelegate(this));
    setItemDelegateForColumn(LiveCallsModel::CallerColumn,
                             new MeterDelegate(MeterDelegate::Leg::Caller, this));
    setItemDelegateForColumn(LiveCallsModel::AgentColumn,
                             new MeterDelegate(MeterDelegate::Leg::Agent, this));
    QHeaderView *header = horizontalHeader();
    header->setHighlightSections(false);
    header->setSectionsMovable(false);
    header->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    header->setMinimumSectionSize(60);
    // Widths in average characters, so that they fit whatever font the desktop has.
    const int unit = fontMetrics().averageCharWidth();
    const auto widen = [this, unit](int column, int characters) {
        setColumnWidth(column, unit * characters);
    };
    widen(LiveCallsModel::StateColumn, 15);
    widen(LiveCallsModel::CallerColumn, 12);
    widen(LiveCallsModel::AgentColumn, 12);
    widen(LiveCallsModel::PhoneColumn, 17);
    widen(LiveCallsModel::AccountColumn, 18);
    widen(LiveCallsModel::ScenarioColumn, 19);
    widen(LiveCallsModel::DurationColumn, 14);
    widen(LiveCallsModel::LatencyColumn, 10);
    header->setStretchLastSection(false);
    header->setSectionResizeMode(LiveCallsModel::LastWordsColumn, QHeaderView::Stretch);
}

void CallsTable::onAboutToRemove(int first, int last)
{
    const int current = currentIndex().row();
    if (current >= first && current <= last) {
        clearSelection();
        setCurrentIndex({});
    }
}

void CallsTable::select(qint64 callId)
{
    const int row = m_calls.rowOf(callId);
    if (row >= 0)
        selectRow(row);
}

qint64 CallsTable::selectedId() const
{
    return currentIndex().isValid() ? currentIndex().data(LiveCallsModel::CallIdRole).toLongLong()
                                    : 0;
}

} // namespace console::views
