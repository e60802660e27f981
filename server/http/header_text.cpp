#include "server/http/header_text.h"

#include <algorithm>
#include <array>

namespace server::http {

namespace {

constexpr std::array<bool, 256> tokenTable()
{
    std::array<bool, 256> table{};
    for (const char *c = "!#$%&'*+-.^_`|~"; *c; ++c)
        table[static_cast<unsigned char>(*c)] = true;
    for (char c = '0'; c <= '9'; ++c)
        table[static_cast<unsigned char>(c)] = true;
    for (char c = 'a'; c <= 'z'; ++c) {
        table[static_cast<unsigned char>(c)] = true;
        table[static_cast<unsigned char>(c - 'a' + 'A')] = true;
    }
    return table;
}

constexpr std::array<bool, 256> kToken = tokenTable();

} // namespace

bool equalsNoCase(std::string_view a, std::string_view b)
{
    return std::ranges::equal(a, b, [](char x, char y) { return toLower(x) == toLower(y); });
}

std::string_view trimmed(std::string_view text)
{
    const size_t from = text.find_first_not_of(" \t\r\n");
    if (from == std::string_view::npos)
        return {};
    return text.substr(from, text.find_last_not_of(" \t\r\n") - from + 1);
}

std::vector<std::string_view> split(std::string_view text, char separator)
{
    std::vector<std::string_view> parts;
    for (;;) {
        const size_t end = text.find(separator);
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos)
            return parts;
        text.remove_prefix(end + 1);
    }
}

bool isTokenCharacter(char character)
{
    return kToken[static_cast<unsigned char>(character)];
}

bool isToken(std::string_view text)
{
    return !text.empty() && std::ranges::all_of(text, isTokenCharacter);
}

bool hasToken(std::string_view list, std::string_view token)
{
    while (!list.empty()) {
        const size_t comma = std::min(list.find(','), list.size());
        if (equalsNoCase(trimmed(list.substr(0, comma)), token))
            return true;
        list.remove_prefix(std::min(comma + 1, list.size()));
    }
    return false;
}

std::optional<std::string> parameterOf(std::string_view value, std::string_view name)
{
    // Quoted values may hold semicolons, so this walks instead of splitting.
    size_t at = value.find(';');
    while (at < value.size()) {
        const size_t equals = value.find('=', at);
        if (equals == std::string_view::npos)
            return std::nullopt;
        const std::string_view found = trimmed(value.substr(at + 1, equals - at - 1));
        std::string text;
        size_t end = equals + 1;
        if (end < value.size() && value[end] == '"') {
            for (++end; end < value.size() && value[end] != '"'; ++end) {
                if (value[end] == '\\' && end + 1 < value.size())
                    ++end;
                text += value[end];
            }
            end = std::min(value.find(';', end), value.size());
        } else {
            end = std::min(value.find(';', end), value.size());
            text = trimmed(value.substr(equals + 1, end - equals - 1));
        }
        if (equalsNoCase(found, name))
            return text;
        at = end;
    }
    return std::nullopt;
}

} // namespace server::http
