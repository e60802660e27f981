#include "tests/sandbox/fault_plan.h"

#include <QHash>

using namespace Qt::StringLiterals;

namespace sandbox {

namespace {

bool refuses(FaultKind kind)
{
    return kind == FaultKind::TooMany || kind == FaultKind::Refuse;
}

} // namespace

std::optional<FaultKind> faultKind(const QString &name)
{
    static const QHash<QString, FaultKind> kinds{
        {u"drop"_s, FaultKind::Drop},       {u"stall"_s, FaultKind::Stall},
        {u"garbage"_s, FaultKind::Garbage}, {u"slow"_s, FaultKind::Slow},
        {u"gap"_s, FaultKind::Gap},         {u"429"_s, FaultKind::TooMany},
        {u"refuse"_s, FaultKind::Refuse},
    };
    const auto kind = kinds.constFind(name);
    if (kind == kinds.cend())
        return std::nullopt;
    return *kind;
}

PlannedFault FaultPlan::take(qsizetype index)
{
    PlannedFault &fault = m_planned[index];
    const PlannedFault taken = fault;
    if (fault.count > 0 && --fault.count == 0)
        m_planned.removeAt(index);
    return taken;
}

std::optional<PlannedFault> FaultPlan::takeRefusal(bool dropToo)
{
    for (qsizetype i = 0; i < m_planned.size(); ++i) {
        const FaultKind kind = m_planned[i].kind;
        if (refuses(kind) || (dropToo && kind == FaultKind::Drop))
            return take(i);
    }
    return std::nullopt;
}

std::optional<PlannedFault> FaultPlan::takeDisturbance()
{
    for (qsizetype i = 0; i < m_planned.size(); ++i) {
        if (!refuses(m_planned[i].kind))
            return take(i);
    }
    return std::nullopt;
}

} // namespace sandbox
