#include "server/http/peers.h"

#include "server/http/header_text.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include <arpa/inet.h>

namespace server::http {

namespace {

using Bytes = std::array<std::uint8_t, 16>;

/// IPv4 as IPv4-mapped IPv6, so that one comparison serves both.
std::optional<Bytes> parseAddress(std::string_view text)
{
    const std::string copy(text.substr(0, text.find('%'))); // without the zone
    Bytes bytes{};
    if (::inet_pton(AF_INET6, copy.c_str(), bytes.data()) == 1)
        return bytes;
    bytes = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    if (::inet_pton(AF_INET, copy.c_str(), bytes.data() + 12) == 1)
        return bytes;
    return std::nullopt;
}

bool isVersion4(const Bytes &bytes)
{
    static constexpr Bytes kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    return std::memcmp(bytes.data(), kMapped.data(), 12) == 0;
}

bool isSamePrefix(const Bytes &a, const Bytes &b, int bits)
{
    const auto whole = size_t(bits / 8);
    if (std::memcmp(a.data(), b.data(), whole) != 0)
        return false;
    const int rest = bits % 8;
    return rest == 0 || (a[whole] ^ b[whole]) >> (8 - rest) == 0;
}

} // namespace

std::optional<AddressSet::Network> AddressSet::parse(std::string_view text)
{
    const size_t slash = text.find('/');
    const auto bytes = parseAddress(text.substr(0, slash));
    if (!bytes)
        return std::nullopt;
    const int widest = isVersion4(*bytes) ? 32 : 128;
    int bits = widest;
    if (slash != std::string_view::npos) {
        const std::string_view digits = text.substr(slash + 1);
        const auto [end, error] = std::from_chars(digits.begin(), digits.end(), bits);
        if (error != std::errc() || end != digits.end() || bits < 0 || bits > widest)
            return std::nullopt;
    }
    return Network{*bytes, bits + (128 - widest)};
}

AddressSet::AddressSet(const std::vector<std::string> &networks)
{
    for (const std::string &text : networks) {
        if (const auto network = parse(text))
            m_networks.push_back(*network);
    }
}

bool AddressSet::isNetwork(std::string_view text)
{
    return parse(text).has_value();
}

bool AddressSet::contains(std::string_view address) const
{
    if (m_networks.empty())
        return false;
    const auto bytes = parseAddress(address);
    return bytes && std::ranges::any_of(m_networks, [&](const Network &network) {
               return isSamePrefix(*bytes, network.bytes, network.bits);
           });
}

std::string forwardedPeer(const std::string &peer, std::string_view forwardedFor,
                          const AddressSet &trusted)
{
    if (!trusted.contains(peer))
        return peer;
    std::string best = peer;
    auto hops = split(forwardedFor, ',');
    std::reverse(hops.begin(), hops.end()); // the nearest first
    for (const std::string_view hop : hops) {
        const std::string_view address = trimmed(hop);
        if (!parseAddress(address))
            break; // not an address: whoever wrote it, nothing left of it can be believed
        best = address;
        if (!trusted.contains(address))
            break;
    }
    return best;
}

std::string networkOf(const std::string &address)
{
    const auto bytes = parseAddress(address);
    if (!bytes)
        return address;
    const auto *const text = reinterpret_cast<const char *>(bytes->data());
    return isVersion4(*bytes) ? std::string(text + 12, 4) : std::string(text, 8);
}

Admission::Admission(int total, int perPeer, const AddressSet &trusted)
    : m_total(total), m_perPeer(perPeer), m_trusted(trusted)
{
}

std::optional<std::string> Admission::admit(const std::string &peer)
{
    std::string ticket; // empty: not counted by peer
    if (!m_trusted.contains(peer))
        ticket = networkOf(peer);
    const std::lock_guard lock(m_mutex);
    if (m_count >= m_total)
        return std::nullopt;
    if (!ticket.empty()) {
        int &ofPeer = m_byPeer[ticket];
        if (ofPeer >= m_perPeer)
            return std::nullopt;
        ++ofPeer;
    }
    ++m_count;
    return ticket;
}

void Admission::release(const std::string &ticket)
{
    const std::lock_guard lock(m_mutex);
    if (const auto known = m_byPeer.find(ticket); known != m_byPeer.end() && --known->second <= 0)
        m_byPeer.erase(known);
    if (--m_count == 0)
        m_empty.notify_all();
}

int Admission::count() const
{
    const std::lock_guard lock(m_mutex);
    return m_count;
}

bool Admission::waitUntilEmpty(std::chrono::milliseconds patience)
{
    std::unique_lock lock(m_mutex);
    return m_empty.wait_for(lock, patience, [this] { return m_count == 0; });
}

} // namespace server::http
