// Turns answers into bytes.
#pragma once

#include "server/http/cors.h"
#include "server/http/http_server.h"

#include <ctime>
#include <string>
#include <string_view>

namespace server::http {

/// The words of a status line.
std::string_view reasonFor(int status);

/// `{"detail": <reason>}`: how the server itself refuses.
Response refusal(int status);

/// Writes status line and header fields, those every answer carries included. One per loop; lives
/// on its thread.
class AnswerWriter
{
public:
    AnswerWriter(const Headers &headers, const Cors &cors);

    enum class After { KeepAlive, KeepAlive10, Close };
    /// Replaces `head`. `request` is null for an answer to something that could not be read.
    void writeHead(std::string &head, const Response &response, const Request *request,
                   std::string_view requestId, After after);

private:
    std::string_view date();
    void appendCommon(std::string &head, const Response &response) const;

    const Headers &m_headers;
    const Cors &m_cors;
    std::string m_common; ///< the security headers as they are sent when nothing replaces them
    std::time_t m_second = 0;
    std::string m_date;
};

} // namespace server::http
