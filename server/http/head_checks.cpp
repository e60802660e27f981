#include "server/http/head_checks.h"

#include "server/http/header_text.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace server::http {

namespace {

constexpr std::array kKnownMethods{Method::Get,   Method::Post,   Method::Head,   Method::Put,
                                   Method::Patch, Method::Delete, Method::Options};
constexpr size_t kLongestMethod = 32;

bool isControl(char character)
{
    const auto byte = static_cast<unsigned char>(character);
    return (byte < 0x20 && byte != '\t') || byte == 0x7f;
}

bool isVisibleAscii(char character)
{
    return character > 0x20 && character < 0x7f;
}

bool isHost(std::string_view host)
{
    return !host.empty() && std::ranges::all_of(host, [](char c) {
        return (c >= '0' && c <= '9') || (toLower(c) >= 'a' && toLower(c) <= 'z')
               || std::string_view("-._~:[]%").find(c) != std::string_view::npos;
    });
}

bool isVersion(std::string_view text)
{
    return text.size() == 8 && text.starts_with("HTTP/") && text[5] >= '0' && text[5] <= '9'
           && text[6] == '.' && text[7] >= '0' && text[7] <= '9';
}

/// Exactly one length, digits only: signs, lists and overflow are how requests are smuggled.
std::optional<std::uint64_t> lengthFrom(std::string_view text)
{
    std::uint64_t length = 0;
    const auto [end, error] = std::from_chars(text.begin(), text.end(), length);
    if (text.empty() || error != std::errc() || end != text.end())
        return std::nullopt;
    return length;
}

struct Counts
{
    int hosts = 0;
    int lengths = 0;
    int codings = 0;
    int expectations = 0;
    bool isUpgradeToWebSocket = false;
    bool isUpgradeNamed = false;
    bool isClose = false;
    bool isKeepAlive = false;
    bool isHostGood = true;
    std::string_view length;
    std::string_view coding;
    std::string_view expectation;
};

Counts countFields(const Request &request)
{
    Counts counts;
    for (const auto &[name, value] : request.headers) {
        if (name == "host") {
            ++counts.hosts;
            counts.isHostGood = counts.isHostGood && isHost(value);
        } else if (name == "content-length") {
            ++counts.lengths;
            counts.length = value;
        } else if (name == "transfer-encoding") {
            ++counts.codings;
            counts.coding = value;
        } else if (name == "expect") {
            ++counts.expectations;
            counts.expectation = value;
        } else if (name == "upgrade") {
            counts.isUpgradeToWebSocket =
                counts.isUpgradeToWebSocket || hasToken(value, "websocket");
        } else if (name == "connection") {
            counts.isUpgradeNamed = counts.isUpgradeNamed || hasToken(value, "upgrade");
            counts.isClose = counts.isClose || hasToken(value, "close");
            counts.isKeepAlive = counts.isKeepAlive || hasToken(value, "keep-alive");
        }
    }
    return counts;
}

int checkCoding(const Counts &counts, HeadFacts &facts)
{
    if (counts.codings == 0)
        return 0;
    // RFC 9112 6.1 and 6.3: a length beside a coding, a coding in HTTP/1.0 and `chunked` twice are
    // faulty framing.
    if (counts.codings > 1 || counts.lengths > 0 || facts.isHttp10 || counts.coding.empty())
        return 400;
    if (equalsNoCase(counts.coding, "chunked")) {
        facts.isChunked = true;
        return 0;
    }
    const auto list = split(counts.coding, ',');
    const bool isOnlyChunked = std::ranges::all_of(list, [](std::string_view one) {
        return trimmed(one).empty() || equalsNoCase(trimmed(one), "chunked");
    });
    return isOnlyChunked ? 400 : 501;
}

int checkLength(const Counts &counts, Method method, size_t bodyCap, HeadFacts &facts)
{
    if (counts.lengths > 1)
        return 400;
    if (counts.lengths == 1) {
        facts.contentLength = lengthFrom(counts.length);
        if (!facts.contentLength)
            return 400;
        return *facts.contentLength > bodyCap ? 413 : 0;
    }
    // HTTP/1.0 has no other way to say that a body follows (RFC 1945 7.2.2); in HTTP/1.1 no length
    // means no body.
    const bool bearsBody =
        method == Method::Post || method == Method::Put || method == Method::Patch;
    return facts.isHttp10 && bearsBody ? 411 : 0;
}

} // namespace

HeadScanner::Verdict HeadScanner::scan(std::string_view input)
{
    if (m_seen == 0 && m_leading == 0 && input.starts_with('\r')) {
        if (input.size() < 2)
            return {};
        if (input[1] != '\n')
            return {400, 0};
        m_lineStart = m_seen = m_leading = 2;
    }
    if (!m_hasRequestLine && m_lineStart < input.size() && !isTokenCharacter(input[m_lineStart]))
        return {400, 0}; // a TLS hello, for one, or a second empty line
    for (;;) {
        const size_t feed = input.find('\n', m_seen);
        if (feed == std::string_view::npos) {
            m_seen = input.size();
            if (!m_hasRequestLine && m_seen - m_lineStart > m_caps.target + kLongestMethod)
                return {414, 0};
            return {m_seen > m_caps.head ? 431 : 0, 0};
        }
        m_seen = feed + 1;
        if (feed == m_lineStart || input[feed - 1] != '\r')
            return {400, 0};
        const std::string_view line = input.substr(m_lineStart, feed - 1 - m_lineStart);
        m_lineStart = m_seen;
        if (m_seen > m_caps.head)
            return {m_hasRequestLine ? 431 : 414, 0};
        if (line.empty())
            return {0, m_seen};
        if (const int status = checkLine(line))
            return {status, 0};
    }
}

int HeadScanner::checkLine(std::string_view line)
{
    if (!m_hasRequestLine) {
        m_hasRequestLine = true;
        return checkRequestLine(line, m_caps.target);
    }
    if (line.front() == ' ' || line.front() == '\t' || std::ranges::any_of(line, isControl))
        return 400;
    return isToken(line.substr(0, line.find(':'))) && line.find(':') != std::string_view::npos
               ? 0
               : 400;
}

int checkRequestLine(std::string_view line, size_t targetCap)
{
    const size_t first = line.find(' ');
    const size_t last = line.rfind(' ');
    if (first == std::string_view::npos || first == last || !isToken(line.substr(0, first)))
        return 400;
    const std::string_view target = line.substr(first + 1, last - first - 1);
    if (target.empty() || !std::ranges::all_of(target, isVisibleAscii)
        || !isVersion(line.substr(last + 1)))
        return 400;
    if (target.size() > targetCap)
        return 414;
    const std::string_view version = line.substr(last + 6);
    if (version != "1.1" && version != "1.0")
        return 505;
    return methodFrom(line.substr(0, first)) ? 0 : 501;
}

std::optional<Method> methodFrom(std::string_view text)
{
    const auto *const found = std::ranges::find(
        kKnownMethods, text, [](Method one) { return std::string_view(toText(one)); });
    return found == kKnownMethods.end() ? std::nullopt : std::optional(*found);
}

int checkFields(const Request &request, size_t bodyCap, HeadFacts &facts)
{
    const Counts counts = countFields(request);
    facts.keepsAlive = facts.isHttp10 ? counts.isKeepAlive && !counts.isClose : !counts.isClose;
    if (counts.hosts > 1 || !counts.isHostGood || (counts.hosts == 0 && !facts.isHttp10))
        return 400;
    if (const int status = checkCoding(counts, facts))
        return status;
    if (!facts.isChunked) {
        if (const int status = checkLength(counts, request.method, bodyCap, facts))
            return status;
    }
    if (counts.expectations > 0 && !facts.isHttp10) {
        if (counts.expectations > 1 || !equalsNoCase(counts.expectation, "100-continue"))
            return 417;
        facts.expectsContinue = facts.hasBody();
    }
    facts.wantsWebSocket = counts.isUpgradeToWebSocket && counts.isUpgradeNamed && !facts.isHttp10;
    return 0;
}

bool splitTarget(Request &request)
{
    std::string_view target = request.target;
    if (target == "*")
        return request.method == Method::Options;
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (target.size() > scheme.size()
            && equalsNoCase(target.substr(0, scheme.size()), scheme)) {
            target.remove_prefix(scheme.size());
            const size_t end = std::min(target.find_first_of("/?"), target.size());
            if (!isHost(target.substr(0, end)))
                return false;
            request.target = target.substr(end);
            if (!request.target.starts_with('/'))
                request.target.insert(0, 1, '/');
            target = request.target;
            break;
        }
    }
    if (!target.starts_with('/') || target.find('#') != std::string_view::npos)
        return false;
    const size_t mark = target.find('?');
    request.path = target.substr(0, mark);
    request.query = mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
    return true;
}

} // namespace server::http
