// Turns bytes into requests.
#pragma once

#include "server/http/head_checks.h"
#include "server/http/http_server.h"

#include <memory>
#include <string_view>

namespace server::http {

/// Reads one request after the other: own strict checks first, then the parser of Boost.Beast.
/// Nothing is kept of a head beyond its limit, and nothing of a body, chunk line or trailer beyond
/// theirs.
class RequestReader
{
public:
    enum class Step {
        NeedMore, ///< the request goes on
        Head,     ///< the head is read and good; told once
        Done,     ///< the request is whole
        Refused   ///< `status` says why; nothing after this can be understood
    };
    struct Outcome
    {
        Step step = Step::NeedMore;
        size_t consumed = 0; ///< bytes of the input that are dealt with
        int status = 0;
    };

    explicit RequestReader(const Limits &limits);
    ~RequestReader();

    Outcome read(std::string_view input);
    /// Forgets the request; the next read() starts another.
    void reset();

    /// Valid from Step::Head on. Shared, because a lane may still have it when the connection is
    /// gone.
    const std::shared_ptr<Request> &request() const { return m_request; }
    const HeadFacts &facts() const { return m_facts; }

private:
    class Parser;

    Outcome readHead(std::string_view input);
    Outcome readBody(std::string_view input);

    const Limits &m_limits;
    HeadScanner m_scanner;
    std::unique_ptr<Parser> m_parser;
    std::shared_ptr<Request> m_request;
    HeadFacts m_facts;
};

} // namespace server::http
