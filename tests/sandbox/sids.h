// Identifiers in the vendors' forms.
#pragma once

#include <QString>
#include <QUuid>

namespace sandbox {

/// Two letters and 32 hexadecimal digits, such as "CA...".
inline QString newSid(const char *prefix)
{
    return QLatin1String(prefix) + QUuid::createUuid().toString(QUuid::Id128);
}

} // namespace sandbox
