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
    /// back when it returns an error. It is run again, at most twice, when PostgreSQL asks for that
    /// (serialisation failure, deadlock) or the connection died before the commit, so it must have
    /// no effect outside the database. Inside another transaction it becomes part of that one; then
    /// pass its error on.
    template <typename Work>
    auto transaction(Work &&work) -> std::invoke_result_t<Work, Session &>
    {
        if (isInTransaction())
            return work(*this);
        for (int run = 1;; ++run) {
            auto outcome = runOnce(work);
            if (outcome || run == mostRuns || !mayRetry())
                return outcome;
            pauseBeforeRetry();
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

    static constexpr int mostRuns = 3;

    template <typename Work>
    auto runOnce(Work &work) -> std::invoke_result_t<Work, Session &>
    {
        Transaction transaction(*this);
        if (const auto begun = transaction.begin(); !begun)
            return base::failed(begun);
        auto outcome = work(*this);
        if (!outcome)
            return outcome;
        if (const auto committed = transaction.commit(); !committed)
            return base::failed(committed);
        return outcome;
    }

    bool isInTransaction() const;
    bool mayRetry() const;
    static void pauseBeforeRetry();

    Connection *m_connection;
};

} // namespace server::store
