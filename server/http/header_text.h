// The small grammar of header fields (RFC 9110 section 5.6).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace server::http {

constexpr char toLower(char letter)
{
    return letter >= 'A' && letter <= 'Z' ? char(letter + ('a' - 'A')) : letter;
}

bool equalsNoCase(std::string_view a, std::string_view b);

/// Without the blanks and tabs (and line ends) around it.
std::string_view trimmed(std::string_view text);

std::vector<std::string_view> split(std::string_view text, char separator);

/// True for the characters of a token: method and field names.
bool isTokenCharacter(char character);
bool isToken(std::string_view text);

/// True when the comma-separated `list` holds `token`, in any case.
bool hasToken(std::string_view list, std::string_view token);

/// A parameter such as `boundary` of `multipart/form-data; boundary="x"`, without quotes.
std::optional<std::string> parameterOf(std::string_view value, std::string_view name);

} // namespace server::http
