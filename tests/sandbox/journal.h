// What happened and what was wrong with it, for tests and for the report at exit.
#pragma once

#include "shared/base/clock.h"

#include <QJsonArray>
#include <QString>
#include <QStringList>

namespace sandbox {

/// Collects what the server under test did against the protocols. Lives on the sandbox's loop.
class Journal
{
public:
    Journal() : m_begin(std::chrono::steady_clock::now()) {}

    /// Notes a breach of protocol by the server under test. `where` is a call or session id.
    void breach(const QString &where, const QString &what);
    /// Notes an ordinary event.
    void event(const QString &where, const QString &what);

    QStringList breaches() const { return m_breaches; }
    QJsonArray events() const { return m_events; }
    /// Milliseconds since the sandbox began.
    double ms(base::SteadyTime time = std::chrono::steady_clock::now()) const;

private:
    void append(const QString &kind, const QString &where, const QString &what);

    base::SteadyTime m_begin;
    QStringList m_breaches;
    QJsonArray m_events;
};

} // namespace sandbox
