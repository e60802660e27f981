// Whether a call's first sentence says that an AI is speaking.
#pragma once

#include <QString>

#include <optional>

namespace server::core {

/// `ByNumber`: where the law of the place that the number belongs to asks for it.
enum class AiDisclosure { Never, Always, ByNumber };

/// "never", "always" or "by_number".
QString toText(AiDisclosure disclosure);
std::optional<AiDisclosure> aiDisclosureFromText(const QString &text);

} // namespace server::core
