#include "tests/journeys/server_process.h"

#include <QDir>
#include <QJsonDocument>
#include <QTest>

namespace tests {

namespace {

constexpr int kStartMs = 20'000;
constexpr int kStopMs = 15'000;

QString program()
{
    return qEnvironmentVariable("HOUSE_BIN") + QStringLiteral("/speech-assistant-server");
}

} // namespace

ServerProcess::~ServerProcess()
{
    if (isRunning() && terminate() < 0)
        kill();
}

void ServerProcess::prepare(const Environment &environment)
{
    // Nothing of the developer's own settings: only what tells programs where they are.
    QProcessEnvironment variables;
    for (const char *name :
         {"PATH", "HOME", "LANG", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS"}) {
        if (qEnvironmentVariableIsSet(name))
            variables.insert(QString::fromLatin1(name), qEnvironmentVariable(name));
    }
    for (auto it = environment.cbegin(); it != environment.cend(); ++it)
        variables.insert(it.key(), it.value());
    m_process.setProcessEnvironment(variables);
    m_process.setWorkingDirectory(QDir::tempPath()); // no .env lies there
    m_log.clear();
    m_output.clear();
}

bool ServerProcess::start(const Environment &environment)
{
    prepare(environment);
    m_process.start(program(), QStringList());
    m_process.waitForStarted();
    const bool isUp = QTest::qWaitFor(
        [this] { return !isRunning() || !logged(QStringLiteral("server.ready")).isEmpty(); },
        kStartMs);
    const int port = logged(QStringLiteral("server.ready")).value(QLatin1String("port")).toInt();
    m_url = QUrl(QStringLiteral("http://127.0.0.1:%1").arg(port));
    return isUp && isRunning() && port > 0;
}

int ServerProcess::run(const QStringList &arguments, const Environment &environment,
                       const QByteArray &input)
{
    prepare(environment);
    m_process.start(program(), arguments);
    m_process.write(input);
    m_process.closeWriteChannel();
    const bool isDone = m_process.waitForFinished(kStartMs);
    collect();
    return isDone && m_process.exitStatus() == QProcess::NormalExit ? m_process.exitCode() : -1;
}

int ServerProcess::terminate()
{
    m_process.terminate();
    const bool isDone = QTest::qWaitFor([this] { return !isRunning(); }, kStopMs);
    collect();
    return isDone && m_process.exitStatus() == QProcess::NormalExit ? m_process.exitCode() : -1;
}

void ServerProcess::kill()
{
    m_process.kill();
    m_process.waitForFinished(kStopMs);
    collect();
}

void ServerProcess::collect()
{
    m_log += m_process.readAllStandardError();
    m_output += m_process.readAllStandardOutput();
}

QJsonObject ServerProcess::logged(const QString &event)
{
    collect();
    for (const QByteArray &line : m_log.split('\n')) {
        QJsonObject entry = QJsonDocument::fromJson(line).object();
        if (entry.value(QLatin1String("event")).toString() == event)
            return entry;
    }
    return {};
}

} // namespace tests
