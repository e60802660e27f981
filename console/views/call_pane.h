// All that is known of the watched call.
#pragma once

#include "console/models/live_desk.h"

#include <QWidget>

class QLabel;
class QPushButton;
class QSplitter;
class QStackedWidget;

namespace console::views {

class Card;
class EmptyState;

/// Heading with the two commands, transcript, latency, timeline. The desk must outlive it.
class CallPane final : public QWidget
{
    Q_OBJECT

public:
    explicit CallPane(models::LiveDesk &desk, QWidget *parent = nullptr);

    QSplitter *columns() const { return m_columns; }

signals:
    void listenToggled();
    void hangUpAsked();

protected:
    void changeEvent(QEvent *event) override;

private:
    QWidget *makeHead();
    QWidget *makeColumns();
    QWidget *makeTranscript();
    void refreshHead();
    void refreshCommands();
    void refreshRemarks();
    void tint();

    models::LiveDesk &m_desk;
    QStackedWidget *m_stack;
    QLabel *m_title;
    QLabel *m_subtitle;
    QPushButton *m_listen;
    QPushButton *m_hangUp;
    QSplitter *m_columns;
    Card *m_transcriptCard;
    Card *m_latencyCard;
    Card *m_timelineCard;
};

} // namespace console::views
