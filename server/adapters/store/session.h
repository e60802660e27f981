// One thread's view of the database.
#pragma once

#include "server/adapters/store/sql.h"
#include "shared/base/result.h"

#include <type_traits>

namespace server::store {

class Connection;

/// Runs statements on the calling thread's connection. A handle to copy freely within its thread.
///
/// Errors: Fault::Conflict for a broken unique or foreign key, Fault::Unavailable when the database
/// cannot be reached or is too busy, Fault::Unprocessable for a text with a NUL character, else
/// Fault::Internal.
class Session
{
public:
    explicit Session(Connection &connection) : m_connection(&connection) {}

    Dialect dialect() const;

    /// Runs one statement, prepared once per connection. A null QString is stored as the empty
    /// text; NULL is an empty QVariant or an invalid QDateTime.
    base::Result<Rows> execute(const Sql &sql, const QVariantList &params = {});

    /// Several statements at once, without parameters and unprepared: for migrations.
    /// REQUIRES: a transaction; SQLite takes one statement per call.
    base::Result<> executeScript(const QString &text);

    /// Runs `work` (Result<T>(Session &)) in a transaction: commits when it returns a value, rolls
    /// back when it returns an error. It is run once more when PostgreSQL asks for that
    /// (serialisation failure, deadlock) or the connection died before the commit, so it must have
    /// no effect outside the database. Inside another transaction it becomes part of that one; then
    /// pass its error on.
    template <typename Work>
    auto transaction(Work &&work) -> std::invoke_result_t<Work, Session &>
    {
        if (isInTransaction())
            return work(*this);
        for (bool isSecond = false;; isSecond = true) {
            Transaction transaction(*this);
            if (const auto begun = transaction.begin(); !begun)
                return base::failed(begun);
            auto outcome = work(*this);
            if (outcome) {
                const auto committed = transaction.commit();
                if (committed)
                    return outcome;
                if (isSecond || !mayRetry())
                    return base::failed(committed);
            } else if (isSecond || !mayRetry()) {
                return outcome;
            }
        }
    }

private:
    /// Rolls back unless committed.
    class Transaction
    {
    public:
        explicit Transaction(Session &session) : m_session(session) {}
        ~Transaction();
        Transaction(const Transaction &) = delete;
        Transaction &operator=(const Transaction &) = delete;
        base::Result<> begin();
        base::Result<> commit();

    private:
        Session &m_session;
    };

    bool isInTransaction() const;
    bool mayRetry() const;

    Connection *m_connection;
};

} // namespace server::store
