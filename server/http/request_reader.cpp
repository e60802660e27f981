#include "server/http/request_reader.h"

#include "server/http/header_text.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>

#include <optional>

namespace server::http {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using Text = beast::string_view;

/// Beast's parser with our own receivers, so that fields and body are stored once, where handlers
/// look for them.
class RequestReader::Parser
{
    class Receiver final : public http::basic_parser<true>
    {
    public:
        Receiver(Request &request, const Limits &limits) : m_request(request), m_limits(limits)
        {
            header_limit(std::uint32_t(limits.head + 4));
            body_limit(std::uint64_t(limits.body));
            eager(true); // we hand it the head alone first
        }
        int version() const { return m_version; }
        int trailerStatus() const { return m_trailerStatus; }

    private:
        void on_request_impl(http::verb, Text method, Text target, int version,
                             beast::error_code &) override
        {
            m_request.method = methodFrom({method.data(), method.size()}).value_or(Method::Get);
            m_request.target.assign(target.data(), target.size());
            m_version = version;
        }
        void on_response_impl(int, Text, int, beast::error_code &) override {}
        void on_field_impl(http::field, Text name, Text value, beast::error_code &error) override
        {
            if (m_isHeadDone) {
                // Trailers are read and thrown away: none of them may change what the head said.
                m_overhead += name.size() + value.size();
                if (m_overhead > m_limits.head)
                    refuse(431, error);
                return;
            }
            auto &field = m_request.headers.emplace_back(std::string(name.data(), name.size()),
                                                         std::string(value.data(), value.size()));
            for (char &letter : field.first)
                letter = toLower(letter);
        }
        void on_header_impl(beast::error_code &) override { m_isHeadDone = true; }
        void on_body_init_impl(const boost::optional<std::uint64_t> &length,
                               beast::error_code &) override
        {
            if (length)
                m_request.body.reserve(qsizetype(std::min<std::uint64_t>(*length, kFirstReserve)));
        }
        std::size_t on_body_impl(Text body, beast::error_code &) override
        {
            m_request.body.append(body.data(), qsizetype(body.size()));
            return body.size();
        }
        void on_chunk_header_impl(std::uint64_t, Text extensions, beast::error_code &error) override
        {
            m_overhead += extensions.size();
            if (m_overhead > m_limits.head)
                refuse(400, error);
        }
        std::size_t on_chunk_body_impl(std::uint64_t, Text body, beast::error_code &) override
        {
            m_request.body.append(body.data(), qsizetype(body.size()));
            return body.size();
        }
        void on_finish_impl(beast::error_code &) override {}

        void refuse(int status, beast::error_code &error)
        {
            m_trailerStatus = status;
            error = http::make_error_code(http::error::header_limit);
        }

        static constexpr std::uint64_t kFirstReserve = 64U << 10U;
        Request &m_request;
        const Limits &m_limits;
        int m_version = 11;
        bool m_isHeadDone = false;
        size_t m_overhead = 0; ///< bytes of chunk extensions and trailers
        int m_trailerStatus = 0;
    };

public:
    void start(Request &request, const Limits &limits) { m_receiver.emplace(request, limits); }
    void stop() { m_receiver.reset(); }
    bool isStarted() const { return m_receiver.has_value(); }
    bool isDone() const { return m_receiver->is_done(); }
    int version() const { return m_receiver->version(); }

    /// The status to refuse with, or 0. `consumed` is what need not be shown again.
    int put(std::string_view bytes, size_t &consumed)
    {
        beast::error_code error;
        consumed = m_receiver->put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
        if (!error || error == http::error::need_more)
            return 0;
        if (m_receiver->trailerStatus() != 0)
            return m_receiver->trailerStatus();
        return error == http::error::body_limit ? 413 : 400;
    }

private:
    std::optional<Receiver> m_receiver;
};

RequestReader::RequestReader(const Limits &limits)
    : m_limits(limits),
      m_scanner({limits.head, limits.target}),
      m_parser(std::make_unique<Parser>())
{
}

RequestReader::~RequestReader() = default;

RequestReader::Outcome RequestReader::read(std::string_view input)
{
    return m_parser->isStarted() ? readBody(input) : readHead(input);
}

RequestReader::Outcome RequestReader::readHead(std::string_view input)
{
    const auto refused = [](int status) { return Outcome{Step::Refused, 0, status}; };
    const HeadScanner::Verdict verdict = m_scanner.scan(input);
    if (verdict.status != 0)
        return refused(verdict.status);
    if (verdict.size == 0)
        return {};
    m_request = std::make_shared<Request>();
    m_request->headers.reserve(16);
    m_parser->start(*m_request, m_limits);
    size_t consumed = 0;
    const size_t leading = m_scanner.leading();
    if (const int status = m_parser->put(input.substr(leading, verdict.size - leading), consumed))
        return refused(status);
    if (consumed != verdict.size - leading)
        return refused(400);
    m_facts = {};
    m_facts.isHttp10 = m_parser->version() == 10;
    if (const int status = checkFields(*m_request, m_limits.body, m_facts))
        return refused(status);
    if (!splitTarget(*m_request))
        return refused(400);
    return {Step::Head, verdict.size, 0};
}

RequestReader::Outcome RequestReader::readBody(std::string_view input)
{
    if (m_parser->isDone())
        return {Step::Done, 0, 0};
    if (input.empty())
        return {};
    size_t consumed = 0;
    if (const int status = m_parser->put(input, consumed))
        return {Step::Refused, 0, status};
    if (m_parser->isDone())
        return {Step::Done, consumed, 0};
    // What is left over is a chunk line or trailers without end.
    if (input.size() - consumed > m_limits.head)
        return {Step::Refused, 0, 431};
    return {Step::NeedMore, consumed, 0};
}

void RequestReader::reset()
{
    m_parser->stop();
    m_scanner.reset();
    m_request.reset();
    m_facts = {};
}

} // namespace server::http
