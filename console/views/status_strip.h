// The line at the foot of the window.
#pragma once

#include "console/models/live_desk.h"

#include <QFrame>

class QLabel;

namespace console::views {

/// Server, connection, number of live calls, whom we listen to. The desk must outlive it.
class StatusStrip final : public QFrame
{
    Q_OBJECT

public:
    explicit StatusStrip(models::LiveDesk &desk, QWidget *parent = nullptr);

    void setServer(const QString &server);
    void setTokenNote(const QString &note);

protected:
    void changeEvent(QEvent *event) override;

private:
    void refresh();
    QString linkWord() const;
    QString listeningText() const;
    void tint();

    models::LiveDesk &m_desk;
    QLabel *m_serverIcon;
    QLabel *m_server;
    QLabel *m_dot;
    QLabel *m_link;
    QLabel *m_calls;
    QLabel *m_tokenNote;
    QLabel *m_listenIcon;
    QLabel *m_listening;
};

} // namespace console::views
