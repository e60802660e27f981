// One thread's connection to the database. Internal to this room: others use Session.
#pragma once

#include "server/adapters/store/database_address.h"
#include "server/adapters/store/sql.h"
#include "server/adapters/store/write_turn.h"
#include "shared/base/result.h"

#include <QSqlDatabase>
#include <QSqlQuery>

#include <unordered_map>

namespace server::store {

/// A QSqlDatabase with its prepared statements, opened at first use and reopened when the server
/// went away.
///
/// Used by one thread at a time. A dead connection is noticed by the statement that meets it: no
/// ping is ever sent. A read outside a transaction is then sent once more; anything else fails with
/// Fault::Unavailable, because only the caller knows whether it may be repeated.
class Connection
{
public:
    /// `turn` outlives the connection.
    Connection(DatabaseAddress address, QString name, WriteTurn &turn);
    ~Connection();
    Connection(const Connection &) = delete;
    Connection &operator=(const Connection &) = delete;

    Dialect dialect() const { return m_address.dialect; }
    base::Result<Rows> execute(const Sql &sql, const QVariantList &params);
    /// A text of several statements without parameters (PostgreSQL), or a single one.
    base::Result<> executeScript(const QString &text);

    base::Result<> begin();
    base::Result<> commit();
    void rollback();
    bool isInTransaction() const { return m_inTransaction; }
    /// The last failure of the transaction was not its own fault and left nothing behind: it may be
    /// run again.
    bool mayRetryTransaction() const { return m_mayRetry; }

private:
    struct Prepared
    {
        QSqlQuery query;
        int columns = -1; ///< asked once: the driver builds a whole record to answer
    };

    base::Result<> takeTurn();
    void giveTurnBack();
    base::Result<> ensureOpen();
    base::Result<> prepareSession();
    base::Result<> turnOnWriteAheadLog();
    base::Result<Rows> run(const QString &text, const QVariantList &params);
    base::Result<Prepared *> statement(const QString &text);
    base::Result<> readRows(Prepared &prepared, Rows &answer);
    base::Error note(const QSqlError &error);
    void drop();

    const DatabaseAddress m_address;
    const QString m_name;
    WriteTurn &m_turn;
    QSqlDatabase m_database;
    std::unordered_map<QString, Prepared> m_statements;
    bool m_hasTurn = false;
    bool m_inTransaction = false;
    bool m_isLost = false;
    bool m_mayRetry = false;
};

} // namespace server::store
