// The stage for one journey: database, sandbox, server and a signed-in member of staff.
#pragma once

#include "tests/journeys/rest_client.h"
#include "tests/journeys/server_process.h"
#include "tests/sandbox/sandbox.h"

#include <QTemporaryDir>

#include <memory>

namespace tests {

/// Sets everything up; isReady() tells whether it worked, why() what did not.
class Stage
{
public:
    enum class Store { Sqlite, PostgreSql };

    /// `settings` go on top of the usual ones.
    explicit Stage(Store store, const Environment &settings = {},
                   const sandbox::Sandbox::Settings &sandbox = {});
    ~Stage();
    Stage(const Stage &) = delete;
    Stage &operator=(const Stage &) = delete;

    /// True where there is no PostgreSQL to be had.
    static bool lacksPostgres();

    bool isReady() const { return m_why.isEmpty(); }
    const QString &why() const { return m_why; }

    sandbox::Sandbox &sandbox() { return *m_sandbox; }
    ServerProcess &server() { return *m_server; }
    RestClient &staff() { return *m_staff; }
    const Environment &environment() const { return m_environment; }

    /// Places a call as the member of staff; its id, or 0.
    qint64 place(const QString &scenario, const QString &number = QStringLiteral("+14155550123"));
    /// GET /calls/{id} again and again until `isThere`; the last answer either way.
    QJsonObject waitForCall(qint64 id, const std::function<bool(const QJsonObject &)> &isThere,
                            int patienceMs = 60'000);
    /// As above, until the call is over and its details are stored.
    QJsonObject waitForEnd(qint64 id, int patienceMs = 60'000);
    QString recordingFile(const QJsonObject &call) const;

    /// One statement in the database, past the server; what was wrong with it, or nothing.
    QString execute(const QString &statement) const;

    /// A server process of the same settings, after the first one has gone.
    bool restart();

private:
    QString prepareDatabase(Store store);

    QTemporaryDir m_folder;
    QString m_postgresName;
    Environment m_environment;
    std::unique_ptr<sandbox::Sandbox> m_sandbox;
    std::unique_ptr<ServerProcess> m_server;
    std::unique_ptr<RestClient> m_staff;
    QString m_why;
};

/// The database of the test's current row, which has it in a global column "store".
Stage::Store storeOfRow();

/// What that command of the shell prints within 20 seconds.
QByteArray shellOutput(const QString &command);
/// The same, of JSON.
QJsonObject shellObject(const QString &command);

} // namespace tests
