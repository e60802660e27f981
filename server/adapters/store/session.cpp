#include "server/adapters/store/session.h"

#include "server/adapters/store/connection.h"

#include <QRandomGenerator>

#include <chrono>
#include <thread>

namespace server::store {

using base::Result;

Dialect Session::dialect() const
{
    return m_connection->dialect();
}

Result<Rows> Session::execute(const Sql &sql, const QVariantList &params)
{
    return m_connection->execute(sql, params);
}

Result<> Session::executeScript(const QString &text)
{
    Q_ASSERT(m_connection->isInTransaction());
    return m_connection->executeScript(text);
}

bool Session::isInTransaction() const
{
    return m_connection->isInTransaction();
}

bool Session::mayRetry() const
{
    return m_connection->mayRetryTransaction();
}

void Session::pauseBeforeRetry()
{
    // Whoever won the deadlock needs a moment to finish; without it the loser may lock the same row
    // first again. The spread keeps two losers apart.
    constexpr int lowest = 5;
    constexpr int highest = 40; // milliseconds
    const int pause = QRandomGenerator::global()->bounded(lowest, highest);
    std::this_thread::sleep_for(std::chrono::milliseconds(pause));
}

Session::Transaction::~Transaction()
{
    m_session.m_connection->rollback();
}

Result<> Session::Transaction::begin()
{
    return m_session.m_connection->begin();
}

Result<> Session::Transaction::commit()
{
    return m_session.m_connection->commit();
}

} // namespace server::store
