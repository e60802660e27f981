// What people tell about themselves while they set up.
#pragma once

#include "shared/base/result.h"

#include <QString>

#include <optional>

namespace server::core {

/// Only what was given is set.
struct Profile
{
    std::optional<QString> name;
    std::optional<QString>
        phoneNumber;              ///< as they wrote it: a word about themselves, never dialled
    std::optional<QString> voice; ///< any text; a call that does not know it takes its default
    std::optional<bool> wantsNotifications;

    bool isEmpty() const { return !name && !phoneNumber && !voice && !wantsNotifications; }
    bool operator==(const Profile &) const = default;
};

/// The longest texts of a profile, in characters.
constexpr int kLongestProfileName = 200;
constexpr int kLongestProfilePhone = 40;
constexpr int kLongestVoiceName = 50;

/// A text on one line as it is kept: trimmed; nothing when it is empty then. Fault::Unprocessable
/// with a control character in it.
base::Result<std::optional<QString>> keptText(const std::optional<QString> &text);

/// As keptText(), for a phone number: 7 to 15 digits, a plus before them, and what people put
/// between them; Fault::Unprocessable "Invalid phone number" for anything else.
base::Result<std::optional<QString>> keptPhone(const std::optional<QString> &text);

} // namespace server::core
