#include "server/core/scenarios/ai_disclosure.h"

namespace server::core {

QString toText(AiDisclosure disclosure)
{
    switch (disclosure) {
    case AiDisclosure::Never:
        return QStringLiteral("never");
    case AiDisclosure::Always:
        return QStringLiteral("always");
    case AiDisclosure::ByNumber:
        return QStringLiteral("by_number");
    }
    return {};
}

std::optional<AiDisclosure> aiDisclosureFromText(const QString &text)
{
    for (const auto disclosure :
         {AiDisclosure::Never, AiDisclosure::Always, AiDisclosure::ByNumber}) {
        if (text == toText(disclosure))
            return disclosure;
    }
    return std::nullopt;
}

} // namespace server::core
