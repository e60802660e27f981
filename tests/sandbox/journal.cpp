#include "tests/sandbox/journal.h"

#include <QJsonObject>

using namespace Qt::StringLiterals;

namespace sandbox {

namespace {

// A long demo must not grow without end; tests look at far fewer.
constexpr qsizetype kMaxEvents = 20000;

} // namespace

double Journal::ms(base::SteadyTime time) const
{
    return std::chrono::duration<double, std::milli>(time - m_begin).count();
}

void Journal::append(const QString &kind, const QString &where, const QString &what)
{
    if (m_events.size() >= kMaxEvents)
        m_events.removeFirst();
    m_events.append(
        QJsonObject{{u"at_ms"_s, ms()}, {u"kind"_s, kind}, {u"where"_s, where}, {u"what"_s, what}});
}

void Journal::breach(const QString &where, const QString &what)
{
    m_breaches.append(where + u": "_s + what);
    append(u"breach"_s, where, what);
}

void Journal::event(const QString &where, const QString &what)
{
    append(u"event"_s, where, what);
}

} // namespace sandbox
