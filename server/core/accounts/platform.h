// Which of the two businesses somebody belongs to.
#pragma once

#include <QString>

#include <optional>

namespace server::core {

/// Decided once, when an account is made; it says which plans and limits are theirs from then on.
enum class Platform {
    Mobile, ///< the consumer app
    Web     ///< the business web app
};

/// As stored: "mobile" or "web".
QString toText(Platform platform);
std::optional<Platform> platformFromText(const QString &text);

/// As clients read it: "mobile_consumer" or "web_business".
QString appTypeOf(Platform platform);

} // namespace server::core
