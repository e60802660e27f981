#include "tests/server/adapters/mail/mail_catcher.h"

#include <QTcpSocket>

namespace tests {

MailCatcher::MailCatcher()
{
    m_thread.start();
    m_context.moveToThread(&m_thread);
    QMetaObject::invokeMethod(
        &m_context,
        [this] {
            m_server = std::make_unique<QTcpServer>();
            if (!m_server->listen(QHostAddress::LocalHost))
                qFatal("no port");
            m_port = m_server->serverPort();
            QObject::connect(m_server.get(), &QTcpServer::newConnection, &m_context,
                             [this] { accept(); });
        },
        Qt::BlockingQueuedConnection);
}

MailCatcher::~MailCatcher()
{
    QMetaObject::invokeMethod(
        &m_context,
        [this] {
            for (const auto &[socket, session] : m_sessions)
                socket->disconnect(&m_context);
            m_sessions.clear();
            m_server.reset();
        },
        Qt::BlockingQueuedConnection);
    m_thread.quit();
    m_thread.wait();
}

void MailCatcher::refuseNext(QList<QByteArray> answers)
{
    const std::lock_guard lock(m_mutex);
    m_refusals = std::move(answers);
}

QList<CaughtMail> MailCatcher::waitFor(int count, int patienceMs)
{
    std::unique_lock lock(m_mutex);
    m_changed.wait_for(lock, std::chrono::milliseconds(patienceMs),
                       [&] { return m_mails.size() >= count; });
    return m_mails;
}

bool MailCatcher::waitForTries(int count, int patienceMs)
{
    std::unique_lock lock(m_mutex);
    return m_changed.wait_for(lock, std::chrono::milliseconds(patienceMs),
                              [&] { return m_tries >= count; });
}

void MailCatcher::accept()
{
    while (QTcpSocket *socket = m_server->nextPendingConnection()) {
        Session &session = m_sessions[socket];
        QObject::connect(socket, &QTcpSocket::readyRead, &m_context,
                         [this, socket, &session] { read(socket, session); });
        QObject::connect(socket, &QTcpSocket::disconnected, &m_context, [this, socket] {
            m_sessions.erase(socket);
            socket->deleteLater();
        });
        socket->write("220 catcher ESMTP\r\n");
    }
}

void MailCatcher::read(QTcpSocket *socket, Session &session)
{
    session.unread += socket->readAll();
    for (;;) {
        const qsizetype end = session.unread.indexOf("\r\n");
        if (end < 0)
            return;
        const QByteArray line = session.unread.left(end);
        session.unread.remove(0, end + 2);
        if (session.isData && line != ".") {
            session.mail.message += (line.startsWith('.') ? line.mid(1) : line) + "\r\n";
            continue;
        }
        const QByteArray answer = answerTo(line, session);
        if (answer == "drop")
            return socket->abort();
        if (answer != "hang")
            socket->write(answer + "\r\n");
    }
}

QByteArray MailCatcher::answerTo(const QByteArray &line, Session &session)
{
    if (session.isData) {
        finish(session);
        return "250 taken";
    }
    if (line.startsWith("EHLO"))
        return "250-catcher\r\n250 AUTH PLAIN";
    if (line == "AUTH PLAIN") {
        session.isSigningIn = true;
        return "334 ";
    }
    if (session.isSigningIn) {
        session.isSigningIn = false;
        session.mail.credentials = QByteArray::fromBase64(line).mid(1);
        return "235 welcome";
    }
    if (line.startsWith("MAIL FROM:"))
        session.mail.from = line.mid(10);
    if (line.startsWith("RCPT TO:"))
        session.mail.to = line.mid(8);
    if (line != "DATA")
        return line == "QUIT" ? "221 bye" : "250 ok";
    const std::lock_guard lock(m_mutex);
    ++m_tries;
    m_changed.notify_all();
    if (!m_refusals.isEmpty())
        return m_refusals.takeFirst();
    session.isData = true;
    return "354 go on";
}

void MailCatcher::finish(Session &session)
{
    const std::lock_guard lock(m_mutex);
    m_mails.append(session.mail);
    session.mail.message.clear();
    session.isData = false;
    m_changed.notify_all();
}

} // namespace tests
