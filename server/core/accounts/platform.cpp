#include "server/core/accounts/platform.h"

namespace server::core {

QString toText(Platform platform)
{
    return platform == Platform::Mobile ? QStringLiteral("mobile") : QStringLiteral("web");
}

std::optional<Platform> platformFromText(const QString &text)
{
    for (const Platform platform : {Platform::Mobile, Platform::Web}) {
        if (text == toText(platform))
            return platform;
    }
    return std::nullopt;
}

QString appTypeOf(Platform platform)
{
    return platform == Platform::Mobile ? QStringLiteral("mobile_consumer")
                                        : QStringLiteral("web_business");
}

} // namespace server::core
