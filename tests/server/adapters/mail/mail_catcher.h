// A mail server as small as it can be (RFC 5321, 5.1 and 4954), in a thread of its own.
#pragma once

#include <QByteArray>
#include <QList>
#include <QObject>
#include <QTcpServer>
#include <QThread>

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>

class QTcpSocket;

namespace tests {

/// A mail that was taken.
struct CaughtMail
{
    QByteArray from;
    QByteArray to;
    QByteArray credentials; ///< user NUL password, of AUTH PLAIN
    QByteArray message;     ///< with the dots taken out again
};

class MailCatcher
{
public:
    MailCatcher();
    ~MailCatcher();
    MailCatcher(const MailCatcher &) = delete;
    MailCatcher &operator=(const MailCatcher &) = delete;

    quint16 port() const { return m_port; }
    /// What the next DATA commands are answered with, one each; 354 when none is left. "drop"
    /// closes the connection, "hang" says nothing any more.
    void refuseNext(QList<QByteArray> answers);
    /// Waits for that many mails; fewer when they do not come in time.
    QList<CaughtMail> waitFor(int count, int patienceMs = 20'000);
    /// Waits for that many DATA commands.
    bool waitForTries(int count, int patienceMs = 20'000);

private:
    struct Session
    {
        QByteArray unread;
        CaughtMail mail;
        bool isSigningIn = false;
        bool isData = false;
    };
    void accept();
    void read(QTcpSocket *socket, Session &session);
    QByteArray answerTo(const QByteArray &line, Session &session);
    void finish(Session &session);

    QThread m_thread;
    QObject m_context;
    std::unique_ptr<QTcpServer> m_server;
    quint16 m_port = 0;
    std::map<QTcpSocket *, Session> m_sessions; // the thread's own

    std::mutex m_mutex;
    std::condition_variable m_changed;
    QList<QByteArray> m_refusals;
    QList<CaughtMail> m_mails;
    int m_tries = 0;
};

} // namespace tests
