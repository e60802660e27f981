#include "server/http/answer_writer.h"

#include "server/http/header_text.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace server::http {

namespace {

void appendNumber(std::string &out, long long number)
{
    std::array<char, 24> digits{};
    const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
    out.append(digits.data(), end);
}

void appendField(std::string &out, std::string_view name, std::string_view value)
{
    out += name;
    out += ": ";
    const size_t before = out.size();
    out += value;
    // A line break in a value would let whoever chose it write headers of his own.
    for (size_t i = before; i < out.size(); ++i) {
        if (out[i] == '\r' || out[i] == '\n' || out[i] == '\0')
            out[i] = ' ';
    }
    out += "\r\n";
}

bool has(const Response &response, std::string_view name)
{
    return std::ranges::any_of(response.headers,
                               [&](const auto &one) { return equalsNoCase(one.first, name); });
}

} // namespace

std::string_view reasonFor(int status)
{
    struct Row
    {
        int status;
        std::string_view reason;
    };
    static constexpr std::array kRows{
        Row{200, "OK"},
        Row{201, "Created"},
        Row{202, "Accepted"},
        Row{204, "No Content"},
        Row{301, "Moved Permanently"},
        Row{302, "Found"},
        Row{303, "See Other"},
        Row{304, "Not Modified"},
        Row{307, "Temporary Redirect"},
        Row{308, "Permanent Redirect"},
        Row{400, "Bad Request"},
        Row{401, "Unauthorized"},
        Row{402, "Payment Required"},
        Row{403, "Forbidden"},
        Row{404, "Not Found"},
        Row{405, "Method Not Allowed"},
        Row{406, "Not Acceptable"},
        Row{408, "Request Timeout"},
        Row{409, "Conflict"},
        Row{410, "Gone"},
        Row{411, "Length Required"},
        Row{413, "Content Too Large"},
        Row{414, "URI Too Long"},
        Row{415, "Unsupported Media Type"},
        Row{417, "Expectation Failed"},
        Row{422, "Unprocessable Content"},
        Row{426, "Upgrade Required"},
        Row{429, "Too Many Requests"},
        Row{431, "Request Header Fields Too Large"},
        Row{500, "Internal Server Error"},
        Row{501, "Not Implemented"},
        Row{502, "Bad Gateway"},
        Row{503, "Service Unavailable"},
        Row{504, "Gateway Timeout"},
        Row{505, "HTTP Version Not Supported"},
    };
    const auto *const row = std::ranges::find(kRows, status, &Row::status);
    return row == kRows.end() ? std::string_view("Unknown") : row->reason;
}

Response refusal(int status)
{
    const std::string_view reason = reasonFor(status);
    return Response::problem(status, QString::fromLatin1(reason.data(), qsizetype(reason.size())));
}

AnswerWriter::AnswerWriter(const Headers &headers, const Cors &cors)
    : m_headers(headers), m_cors(cors)
{
    for (const auto &[name, value] : headers.security)
        appendField(m_common, name, value);
}

void AnswerWriter::writeHead(std::string &head, const Response &response, const Request *request,
                             std::string_view requestId, After after)
{
    head.assign("HTTP/1.1 ");
    appendNumber(head, response.status);
    head += ' ';
    head += reasonFor(response.status);
    head += "\r\nDate: ";
    head += date();
    head += "\r\n";
    const bool isBodiless = response.status == 204 || response.status == 304; // RFC 9110 8.6
    if (!isBodiless) {
        if (!response.contentType.empty())
            appendField(head, "Content-Type", response.contentType);
        head += "Content-Length: ";
        appendNumber(head, response.body.size());
        head += "\r\n";
    }
    appendField(head, "X-Request-Id", requestId);
    appendCommon(head, response);
    for (const auto &[name, value] : response.headers)
        appendField(head, name, value);
    if (request)
        m_cors.appendTo(head, *request);
    const bool isUpgradeOffer =
        response.status == 426; // the Upgrade field must be named (RFC 9110 7.8)
    if (after == After::Close)
        head += isUpgradeOffer ? "Connection: upgrade, close\r\n" : "Connection: close\r\n";
    else if (isUpgradeOffer)
        head += "Connection: upgrade\r\n";
    else if (after == After::KeepAlive10)
        head += "Connection: keep-alive\r\n";
    head += "\r\n";
}

void AnswerWriter::appendCommon(std::string &head, const Response &response) const
{
    if (response.headers.empty()) {
        head += m_common;
        return;
    }
    for (const auto &[name, value] : m_headers.security) {
        if (!has(response, name))
            appendField(head, name, value);
    }
}

std::string_view AnswerWriter::date()
{
    const std::time_t now = std::time(nullptr);
    if (now != m_second) {
        std::tm parts{};
        ::gmtime_r(&now, &parts);
        std::array<char, 40> text{};
        // "C" names whatever the locale: RFC 9110 5.6.7 knows no others.
        static constexpr std::array kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
        static constexpr std::array kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
        const int size = std::snprintf(
            text.data(), text.size(), "%s, %02d %s %04d %02d:%02d:%02d GMT",
            kDays[size_t(parts.tm_wday)], parts.tm_mday, kMonths[size_t(parts.tm_mon)],
            parts.tm_year + 1900, parts.tm_hour, parts.tm_min, parts.tm_sec);
        m_date.assign(text.data(), size_t(std::max(size, 0)));
        m_second = now;
    }
    return m_date;
}

} // namespace server::http
