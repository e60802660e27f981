// Says that the server is away, and when the next attempt is.
#pragma once

#include "console/models/live_desk.h"

#include <QFrame>
#include <QTimer>

class QLabel;
class QPushButton;

namespace console::views {

/// Visible only while there is something to say about the connection. Counts down to the next
/// attempt and offers to try at once. The desk must outlive it.
class ConnectionBanner final : public QFrame
{
    Q_OBJECT

public:
    explicit ConnectionBanner(models::LiveDesk &desk, QWidget *parent = nullptr);

    QString text() const;

protected:
    void changeEvent(QEvent *event) override;

private:
    void refresh();
    QString sentence() const;
    void tint();

    models::LiveDesk &m_desk;
    QLabel *m_icon;
    QLabel *m_text;
    QPushButton *m_retry;
    QTimer m_countdown;
    bool m_wasLost = false; ///< the connection broke at least once since it last stood
};

} // namespace console::views
