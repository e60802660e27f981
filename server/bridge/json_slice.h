// Looks into JSON text without building anything: the audio path's way of reading.
//
// It is made for the usual form of a message. Whatever it does not understand it reports, and the
// reader then parses the whole text; so it may be strict, but must never take a wrong value for a
// right one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace server::bridge {

/// Walks over the members of one JSON object, in their order.
class JsonMembers
{
public:
    explicit JsonMembers(std::string_view object);

    /// False at the end, and when the text is not understood: see isWhole().
    bool next();
    std::string_view name() const { return m_name; }
    /// The value's text; strings with their quotes, escapes untouched.
    std::string_view value() const { return m_value; }

    /// After next() has returned false: the object was walked to its very end.
    bool isWhole() const { return m_isWhole; }

private:
    void skipSpace();
    bool skipString();
    bool skipValue();

    std::string_view m_text;
    size_t m_at = 0;
    std::string_view m_name;
    std::string_view m_value;
    bool m_isFirst = true;
    bool m_isWhole = false;
};

/// The text of a JSON string that has no escapes; nothing for anything else.
std::optional<std::string_view> plainString(std::string_view value);

/// A whole number, bare or as a string ("20"); nothing for anything else or beyond 2^53.
std::optional<std::int64_t> wholeNumber(std::string_view value);

/// The text of a JSON string of base64, of which "\/" is the only escape taken; `spare` holds the
/// text when there was one. Nothing when it is no string or not valid.
std::optional<std::string_view> base64String(std::string_view value, std::string &spare);

/// How many bytes this padded base64 (RFC 4648 section 4) stands for; nothing when it is not that.
std::optional<size_t> base64Bytes(std::string_view text);

/// Appends `text` as a JSON string with quotes.
void appendJsonString(std::string &out, std::string_view text);

} // namespace server::bridge
