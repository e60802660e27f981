#include "server/core/accounts/person_name.h"

#include <algorithm>

namespace server::core {

namespace {

constexpr qsizetype longestName = 200;

} // namespace

base::Result<QString> checkedName(const QString &name)
{
    const QString trimmed = name.trimmed();
    if (trimmed.isEmpty() || trimmed.size() > longestName)
        return base::fail(base::Fault::Unprocessable,
                          QStringLiteral("Name must have 1 to %1 characters").arg(longestName));
    if (!std::all_of(trimmed.begin(), trimmed.end(),
                     [](QChar c) { return c.isPrint() || c.isSurrogate(); }))
        return base::fail(base::Fault::Unprocessable,
                          QStringLiteral("Name must not contain control characters"));
    return trimmed;
}

} // namespace server::core
