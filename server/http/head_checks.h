// What a request's head must look like, where the parser behind it is too kind (RFC 9112).
#pragma once

#include "server/http/request.h"

#include <optional>
#include <string_view>

namespace server::http {

/// Finds the end of a head as its bytes arrive, each byte looked at once.
/// Bare line feeds, folded lines and what cannot be the start of a request are told at once.
class HeadScanner
{
public:
    struct Caps
    {
        size_t head;
        size_t target;
    };
    /// `status` is 0 while all is well; `size` is set when the blank line has been seen.
    struct Verdict
    {
        int status = 0;
        size_t size = 0;
    };

    explicit HeadScanner(Caps caps) : m_caps(caps) {}
    /// `input` starts where the request does and only grows between calls.
    Verdict scan(std::string_view input);
    /// Bytes of the empty line that may stand before a request (RFC 9112 2.2).
    size_t leading() const { return m_leading; }
    void reset() { *this = HeadScanner(m_caps); }

private:
    int checkLine(std::string_view line);

    Caps m_caps;
    size_t m_lineStart = 0;
    size_t m_seen = 0; ///< no line feed before this
    size_t m_leading = 0;
    bool m_hasRequestLine = false;
};

/// 0, or the status a request line is refused with: 400, 414, 501 (method) or 505 (version).
int checkRequestLine(std::string_view line, size_t targetCap);

std::optional<Method> methodFrom(std::string_view text);

/// How a request is framed and what it asks of the connection.
struct HeadFacts
{
    bool isHttp10 = false;
    bool keepsAlive = true;
    bool isChunked = false;
    std::optional<std::uint64_t> contentLength;
    bool expectsContinue = false;
    bool wantsWebSocket = false;
    bool hasBody() const { return isChunked || contentLength.value_or(0) > 0; }
};

/// Reads the facts out of the fields; 0, or the status the head is refused with.
int checkFields(const Request &request, size_t bodyCap, HeadFacts &facts);

/// Splits the target into path and query. Origin form, `*` for OPTIONS, and absolute form, of which
/// the path is taken (RFC 9112 3.2.2 asks for that): false for anything else.
bool splitTarget(Request &request);

} // namespace server::http
