#pragma once

#include <string>
#include <string_view>

namespace bench {

/// The raw text of member `key` of a JSON object (a string keeps its quotes); empty when absent.
/// Looks at the text only, builds nothing: the generator reads tens of thousands of messages a
/// second.
std::string_view rawMember(std::string_view object, std::string_view key);

/// A string member without its quotes. Only `\/` and other one-letter escapes of base64 and names
/// are undone; `scratch` backs the answer where there was something to undo.
std::string_view textMember(std::string_view object, std::string_view key, std::string &scratch);

} // namespace bench
