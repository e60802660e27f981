#include "server/core/onboarding/profile.h"

#include <algorithm>

namespace server::core {

using base::Fault;
using base::Result;

Result<std::optional<QString>> keptText(const std::optional<QString> &text)
{
    const QString trimmed = text.value_or(QString()).trimmed();
    if (trimmed.isEmpty())
        return std::nullopt;
    if (!std::all_of(trimmed.begin(), trimmed.end(),
                     [](QChar c) { return c.isPrint() || c.isSurrogate(); }))
        return base::fail(Fault::Unprocessable,
                          QStringLiteral("String should not contain control characters"));
    return trimmed;
}

Result<std::optional<QString>> keptPhone(const std::optional<QString> &text)
{
    constexpr QStringView kSeparators = u" -./()";
    constexpr int kFewestDigits = 7;
    constexpr int kMostDigits = 15; // ITU-T E.164
    const QString trimmed = text.value_or(QString()).trimmed();
    if (trimmed.isEmpty())
        return std::nullopt;
    int digits = 0;
    bool isGood = true;
    for (qsizetype at = 0; at < trimmed.size(); ++at) {
        const QChar character = trimmed.at(at);
        if (character >= u'0' && character <= u'9')
            ++digits;
        else
            isGood &= kSeparators.contains(character) || (character == u'+' && at == 0);
    }
    if (!isGood || digits < kFewestDigits || digits > kMostDigits)
        return base::fail(Fault::Unprocessable, QStringLiteral("Invalid phone number"));
    return trimmed;
}

} // namespace server::core
