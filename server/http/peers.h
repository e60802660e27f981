// Who is at the other end, and how many of them there are.
#pragma once

#include <array>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace server::http {

/// A set of networks, such as "127.0.0.1" or "10.0.0.0/8". Immutable once built.
class AddressSet
{
public:
    /// Texts that are no network are left out; check them with isNetwork() where they come from.
    explicit AddressSet(const std::vector<std::string> &networks);
    static bool isNetwork(std::string_view text);
    bool contains(std::string_view address) const;

private:
    struct Network
    {
        std::array<std::uint8_t, 16> bytes;
        int bits;
    };
    static std::optional<Network> parse(std::string_view text);

    std::vector<Network> m_networks;
};

/// The client behind a proxy: the right-most address of X-Forwarded-For that is not a trusted proxy
/// itself. What stands left of it was written by the client and proves nothing.
std::string forwardedPeer(const std::string &peer, std::string_view forwardedFor,
                          const AddressSet &trusted);

/// What one customer has for himself, as bytes: an IPv4 address (4) or the /64 network of an IPv6
/// address (8). A text that is no address is returned as it is.
std::string networkOf(const std::string &address);

/// Counts connections, in all and by peer; an IPv6 peer is its /64 network. Thread-safe.
class Admission
{
public:
    Admission(int total, int perPeer, const AddressSet &trusted);

    /// The ticket to give back with release(); nothing when a limit is reached.
    std::optional<std::string> admit(const std::string &peer);
    void release(const std::string &ticket);
    int count() const;
    /// False when connections were left after `patience`.
    bool waitUntilEmpty(std::chrono::milliseconds patience);

private:
    const int m_total;
    const int m_perPeer;
    const AddressSet &m_trusted;
    mutable std::mutex m_mutex;
    std::condition_variable m_empty;
    int m_count = 0;
    std::unordered_map<std::string, int> m_byPeer;
};

} // namespace server::http
