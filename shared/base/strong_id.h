// Integer keys that cannot be mixed up: a CallId is not a UserId.
#pragma once

#include <QtGlobal>

#include <compare>
#include <functional>

namespace base {

template <typename Tag>
struct StrongId
{
    qint64 value = 0; ///< 0 means "none"

    constexpr bool isValid() const { return value > 0; }
    // clang-tidy 14 takes the zero that a rewritten `<` compares with for a pointer.
    auto operator<=>(const StrongId &) const = default; // NOLINT(modernize-use-nullptr)
};

} // namespace base

template <typename Tag>
struct std::hash<base::StrongId<Tag>>
{
    size_t operator()(base::StrongId<Tag> id) const noexcept
    {
        return std::hash<qint64>()(id.value);
    }
};
