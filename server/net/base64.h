// Base64 (RFC 4648 section 4) without allocation beyond the target.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace server::net {

/// Appends the base64 text of `bytes` to `out`.
void appendBase64(std::string &out, std::span<const std::uint8_t> bytes);

/// Replaces `out` by the decoded bytes; false, with `out` empty, when `text` is not padded base64.
[[nodiscard]] bool decodeBase64(std::string_view text, std::vector<std::uint8_t> &out);

} // namespace server::net
