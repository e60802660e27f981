// Cross-origin requests from browsers (Fetch standard, "CORS protocol").
#pragma once

#include "server/http/request.h"
#include "server/http/response.h"

#include <optional>
#include <string>
#include <vector>

namespace server::http {

/// Which origins may call, and what they are told. Immutable; read by all threads.
class Cors
{
public:
    explicit Cors(std::vector<std::string> allowedOrigins) : m_origins(std::move(allowedOrigins)) {}

    /// The answer to a preflight; nothing when the request is none.
    std::optional<Response> preflight(const Request &request) const;
    /// Appends the header lines that let the asking origin read an answer.
    void appendTo(std::string &head, const Request &request) const;

private:
    bool isAllowed(std::string_view origin) const;

    std::vector<std::string> m_origins;
};

} // namespace server::http
