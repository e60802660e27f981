// The server program as a process of its own.
#pragma once

#include <QJsonObject>
#include <QMap>
#include <QProcess>
#include <QString>
#include <QUrl>

namespace tests {

using Environment = QMap<QString, QString>;

/// Starts the program and knows its port from its log. Killed, if it must be, by the destructor.
class ServerProcess
{
public:
    ServerProcess() = default;
    ~ServerProcess();

    /// Starts it with exactly these settings and waits until it is ready; false with log()
    /// otherwise.
    bool start(const Environment &environment);
    /// Runs the program to its end with these arguments; output() and errors() hold what it said.
    int run(const QStringList &arguments, const Environment &environment,
            const QByteArray &input = {});

    /// SIGTERM; its exit status, or -1 when it did not end in time.
    int terminate();
    /// SIGKILL.
    void kill();

    bool isRunning() const { return m_process.state() == QProcess::Running; }
    qint64 pid() const { return m_process.processId(); }
    QUrl url() const { return m_url; }
    const QByteArray &output() const { return m_output; }
    const QByteArray &errors() const { return m_log; }
    /// The first line of the log with that event; empty when there is none yet.
    QJsonObject logged(const QString &event);

private:
    void prepare(const Environment &environment);
    void collect();

    QProcess m_process;
    QByteArray m_log;
    QByteArray m_output;
    QUrl m_url;
};

} // namespace tests
