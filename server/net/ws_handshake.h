// The opening handshake of a WebSocket (RFC 6455 section 4).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace server::net {

/// Sec-WebSocket-Accept for a Sec-WebSocket-Key (RFC 6455 4.2.2).
std::string webSocketAccept(std::string_view key);

/// True for the base64 text of 16 bytes, which is what a key must be.
bool isWebSocketKey(std::string_view key);

/// The bytes that accept an upgrade.
std::string acceptAnswer(std::string_view key);

/// A WebSocket's address taken apart.
struct SocketUrl
{
    bool isSecure = false;
    std::string host; ///< without brackets
    std::uint16_t port = 0;
    std::string target; ///< path and query
};

/// Reads ws:// and wss:// addresses; nothing for any other text.
std::optional<SocketUrl> parseSocketUrl(std::string_view url);

using HeaderList = std::vector<std::pair<std::string, std::string>>;

/// The bytes that ask for an upgrade.
std::string upgradeRequest(const SocketUrl &url, std::string_view key, const HeaderList &extra);

/// What a server said to our request.
struct UpgradeAnswer
{
    int status = 0;
    bool isAccepted = false; ///< 101, with the right accept key
    size_t bytes = 0;        ///< length of the head; frames begin behind it
};

/// Nothing while the head is not complete.
std::optional<UpgradeAnswer> readUpgradeAnswer(std::string_view bytes, std::string_view key);

} // namespace server::net
