// The table of live calls.
#pragma once

#include "console/models/live_calls_model.h"

#include <QTableView>

namespace console::views {

/// Whole rows, one at a time, by mouse or arrow keys; Tab leaves the table. When the selected call
/// vanishes nothing else is selected in its place, so the reader keeps what was being read.
class CallsTable final : public QTableView
{
    Q_OBJECT

public:
    explicit CallsTable(models::LiveCallsModel &calls, QWidget *parent = nullptr);

    void select(qint64 callId);
    qint64 selectedId() const; ///< 0 when none is

signals:
    void callSelected(qint64 callId);

private:
    void setColumns();
    void onAboutToRemove(int first, int last);

    models::LiveCallsModel &m_calls;
};

} // namespace console::views
