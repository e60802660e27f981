// Percent-encoding (RFC 3986 2.1) and the forms built on it.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace server::http {

struct Request;

/// Decodes into `out`; false when a `%` is not followed by two hexadecimal digits.
[[nodiscard]] bool decodePercent(std::string_view text, std::string &out);

/// Decodes what is properly encoded and keeps everything else as it stands; `+` becomes a space.
std::string decodeFormText(std::string_view text);

using FormBytes = std::vector<std::pair<std::string, std::string>>;

/// `a=1&b=2`, in order. A name without `=` has an empty value.
FormBytes decodeForm(std::string_view text);

/// The fields of a multipart/form-data body (RFC 7578); parts without a name are left out.
FormBytes decodeMultipart(std::string_view body, std::string_view boundary);

/// The fields of a request's body, by its Content-Type; none when it is no form.
FormBytes formBytes(const Request &request);

} // namespace server::http
