// The Live page: all calls above, the selected one below.
#pragma once

#include "console/models/live_desk.h"

#include <QElapsedTimer>
#include <QTimer>
#include <QWidget>

class QLabel;
class QMessageBox;
class QSplitter;
class QStackedWidget;

namespace console::views {

class CallPane;
class CallsTable;
class EmptyState;

/// Ctrl+L listens to the selected call or stops, Ctrl+H hangs it up after a question.
/// The desk must outlive it.
class LivePage final : public QWidget
{
    Q_OBJECT

public:
    explicit LivePage(models::LiveDesk &desk, QWidget *parent = nullptr);

    CallsTable *table() const { return m_table; }
    QSplitter *rows() const { return m_rows; }
    QSplitter *columns() const;

    void toggleListening();
    void askToHangUp();

private:
    void addShortcuts();
    QWidget *makeTable();
    void refreshEmptyState();
    void refreshCount();
    void advance();

    models::LiveDesk &m_desk;
    QLabel *m_count;
    QSplitter *m_rows;
    QStackedWidget *m_tableStack;
    CallsTable *m_table;
    EmptyState *m_empty;
    CallPane *m_pane;
    QTimer m_tick;
    QElapsedTimer m_sinceTick;
};

} // namespace console::views
