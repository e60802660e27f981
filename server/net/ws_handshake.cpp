#include "server/net/ws_handshake.h"

#include "server/net/base64.h"

#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <charconv>

#include <strings.h>

namespace server::net {

namespace {

constexpr std::string_view kKeySalt = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"; // RFC 6455 1.3

bool equalsNoCase(std::string_view a, std::string_view b)
{
    return a.size() == b.size() && ::strncasecmp(a.data(), b.data(), a.size()) == 0;
}

std::string_view trimmed(std::string_view text)
{
    const size_t from = text.find_first_not_of(" \t");
    if (from == std::string_view::npos)
        return {};
    return text.substr(from, text.find_last_not_of(" \t") - from + 1);
}

} // namespace

std::string webSocketAccept(std::string_view key)
{
    std::string text(key);
    text += kKeySalt;
    std::array<std::uint8_t, SHA_DIGEST_LENGTH> digest{};
    SHA1(reinterpret_cast<const unsigned char *>(text.data()), text.size(), digest.data());
    std::string accept;
    appendBase64(accept, digest);
    return accept;
}

bool isWebSocketKey(std::string_view key)
{
    std::vector<std::uint8_t> bytes;
    return decodeBase64(key, bytes) && bytes.size() == 16;
}

std::string acceptAnswer(std::string_view key)
{
    return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           "Sec-WebSocket-Accept: "
           + webSocketAccept(key) + "\r\n\r\n";
}

std::optional<SocketUrl> parseSocketUrl(std::string_view url)
{
    SocketUrl result;
    if (url.starts_with("wss://")) {
        result.isSecure = true;
        url.remove_prefix(6);
    } else if (url.starts_with("ws://")) {
        url.remove_prefix(5);
    } else {
        return std::nullopt;
    }
    const size_t slash = std::min(url.find_first_of("/?"), url.size());
    std::string_view authority = url.substr(0, slash);
    result.target = url.substr(slash);
    if (!result.target.starts_with('/'))
        result.target.insert(0, 1, '/');
    result.port = result.isSecure ? 443 : 80;
    const size_t bracket = authority.rfind(']');
    const size_t colon = authority.rfind(':');
    if (colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket)) {
        const std::string_view digits = authority.substr(colon + 1);
        const auto [end, error] = std::from_chars(digits.begin(), digits.end(), result.port);
        if (error != std::errc() || end != digits.end() || result.port == 0)
            return std::nullopt;
        authority = authority.substr(0, colon);
    }
    if (authority.starts_with('[') && authority.ends_with(']'))
        authority = authority.substr(1, authority.size() - 2);
    if (authority.empty() || authority.find_first_of("@[] \r\n") != std::string_view::npos
        || result.target.find_first_of(" \r\n") != std::string::npos)
        return std::nullopt;
    result.host = authority;
    return result;
}

std::string upgradeRequest(const SocketUrl &url, std::string_view key, const HeaderList &extra)
{
    const bool isDefaultPort = url.port == (url.isSecure ? 443 : 80);
    const std::string host =
        url.host.find(':') == std::string::npos ? url.host : '[' + url.host + ']';
    std::string text =
        "GET " + url.target + " HTTP/1.1\r\nHost: " + host
        + (isDefaultPort ? std::string() : ':' + std::to_string(url.port))
        + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
          "Sec-WebSocket-Key: "
        + std::string(key) + "\r\n";
    for (const auto &[name, value] : extra)
        text.append(name).append(": ").append(value).append("\r\n");
    return text + "\r\n";
}

std::optional<UpgradeAnswer> readUpgradeAnswer(std::string_view bytes, std::string_view key)
{
    const size_t end = bytes.find("\r\n\r\n");
    if (end == std::string_view::npos)
        return std::nullopt;
    UpgradeAnswer answer;
    answer.bytes = end + 4;
    std::string_view head = bytes.substr(0, end);
    if (head.size() >= 12 && head.starts_with("HTTP/1.1 "))
        std::from_chars(head.data() + 9, head.data() + 12, answer.status);
    std::string_view accept;
    bool isUpgrade = false;
    for (size_t line = head.find("\r\n"); line != std::string_view::npos;
         line = head.find("\r\n")) {
        head.remove_prefix(line + 2);
        const std::string_view field = head.substr(0, std::min(head.find("\r\n"), head.size()));
        const size_t colon = field.find(':');
        if (colon == std::string_view::npos)
            continue;
        const std::string_view value = trimmed(field.substr(colon + 1));
        if (equalsNoCase(field.substr(0, colon), "sec-websocket-accept"))
            accept = value;
        else if (equalsNoCase(field.substr(0, colon), "upgrade"))
            isUpgrade = equalsNoCase(value, "websocket");
    }
    answer.isAccepted = answer.status == 101 && isUpgrade && accept == webSocketAccept(key);
    return answer;
}

} // namespace server::net
