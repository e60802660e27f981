#include "server/bridge/json_slice.h"

#include <array>
#include <charconv>
#include <cstring>

namespace server::bridge {

namespace {

constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// 1 for every character that is none of base64's.
constexpr auto kForeign = [] {
    std::array<std::uint8_t, 256> table{};
    table.fill(1);
    for (const char c : kBase64)
        table[std::uint8_t(c)] = 0;
    return table;
}();

bool isSpace(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

} // namespace

JsonMembers::JsonMembers(std::string_view object) : m_text(object)
{
    skipSpace();
    if (m_at < m_text.size() && m_text[m_at] == '{')
        ++m_at;
    else
        m_at = m_text.size();
}

bool JsonMembers::next()
{
    skipSpace();
    if (m_at < m_text.size() && m_text[m_at] == '}') {
        ++m_at;
        skipSpace();
        m_isWhole = m_at == m_text.size();
        return false;
    }
    if (!m_isFirst) {
        if (m_at >= m_text.size() || m_text[m_at] != ',')
            return false;
        ++m_at;
        skipSpace();
    }
    m_isFirst = false;
    const size_t nameAt = m_at;
    if (m_at >= m_text.size() || m_text[m_at] != '"' || !skipString())
        return false;
    m_name = m_text.substr(nameAt + 1, m_at - nameAt - 2);
    if (m_name.find('\\') != std::string_view::npos)
        return false;
    skipSpace();
    if (m_at >= m_text.size() || m_text[m_at] != ':')
        return false;
    ++m_at;
    skipSpace();
    const size_t valueAt = m_at;
    if (!skipValue())
        return false;
    m_value = m_text.substr(valueAt, m_at - valueAt);
    return true;
}

void JsonMembers::skipSpace()
{
    while (m_at < m_text.size() && isSpace(m_text[m_at]))
        ++m_at;
}

bool JsonMembers::skipString()
{
    size_t from = m_at + 1;
    while (from < m_text.size()) {
        const void *found = std::memchr(m_text.data() + from, '"', m_text.size() - from);
        if (!found)
            break;
        const auto quote = size_t(static_cast<const char *>(found) - m_text.data());
        size_t backslashes = 0;
        while (m_text[quote - 1 - backslashes] == '\\') // stops at the opening quote at the latest
            ++backslashes;
        if (backslashes % 2 == 0) {
            m_at = quote + 1;
            return true;
        }
        from = quote + 1;
    }
    return false;
}

bool JsonMembers::skipValue()
{
    if (m_at >= m_text.size())
        return false;
    if (m_text[m_at] == '"')
        return skipString();
    if (m_text[m_at] != '{' && m_text[m_at] != '[') {
        const size_t end = m_text.find_first_of(",]} \n\r\t", m_at);
        if (end == std::string_view::npos || end == m_at)
            return false;
        m_at = end;
        return true;
    }
    int depth = 0;
    while (m_at < m_text.size()) {
        const char c = m_text[m_at];
        if (c == '"') {
            if (!skipString())
                return false;
            continue;
        }
        ++m_at;
        if (c == '{' || c == '[')
            ++depth;
        else if ((c == '}' || c == ']') && --depth == 0)
            return true;
    }
    return false;
}

std::optional<std::string_view> plainString(std::string_view value)
{
    if (value.size() < 2 || value.front() != '"' || value.find('\\') != std::string_view::npos)
        return std::nullopt;
    return value.substr(1, value.size() - 2);
}

std::optional<std::int64_t> wholeNumber(std::string_view value)
{
    constexpr std::int64_t kLargest = std::int64_t(1) << 53;
    if (value.size() >= 2 && value.front() == '"')
        value = value.substr(1, value.size() - 2);
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (value.empty() || error != std::errc() || end != value.data() + value.size()
        || number > kLargest || number < -kLargest)
        return std::nullopt;
    return number;
}

std::optional<std::string_view> base64String(std::string_view value, std::string &spare)
{
    if (value.size() < 2 || value.front() != '"')
        return std::nullopt;
    value = value.substr(1, value.size() - 2);
    if (value.find('\\') != std::string_view::npos) {
        spare.clear();
        for (size_t i = 0; i < value.size(); ++i) {
            if (value[i] == '\\' && (++i == value.size() || value[i] != '/'))
                return std::nullopt;
            spare.push_back(value[i]);
        }
        value = spare;
    }
    if (!base64Bytes(value))
        return std::nullopt;
    return value;
}

std::optional<size_t> base64Bytes(std::string_view text)
{
    if (text.size() % 4 != 0)
        return std::nullopt;
    const size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
    unsigned foreign = 0;
    for (const char c : text.substr(0, text.size() - padding))
        foreign |= kForeign[std::uint8_t(c)];
    if (foreign != 0)
        return std::nullopt;
    return text.size() / 4 * 3 - padding;
}

void appendJsonString(std::string &out, std::string_view text)
{
    constexpr std::string_view kHex = "0123456789abcdef";
    out.push_back('"');
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out.push_back('\\');
            out.push_back(c);
        } else if (std::uint8_t(c) < 0x20) {
            out.append("\\u00");
            out.push_back(kHex[std::uint8_t(c) >> 4U]);
            out.push_back(kHex[std::uint8_t(c) & 0xfU]);
        } else {
            out.push_back(c);
        }
    }
    out.push_back('"');
}

} // namespace server::bridge
