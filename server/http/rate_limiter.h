// How often one caller may use one route, counted in memory.
#pragma once

#include "server/http/request.h"
#include "server/http/route.h"
#include "shared/base/clock.h"

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>

namespace server::http {

/// "5 per 1 minute"
std::string toText(const RateLimit &limit);

/// Counts requests by caller and row in fixed windows. A window begins with a caller's first
/// request to the row and lasts its whole length; it is not aligned to the clock. Who the caller is
/// says the signed-in user, wherever they come from, else the peer's address (of IPv6 its /64,
/// which one customer commonly has for himself).
///
/// The counts belong to this process: behind a balancer each node counts for itself, so that N
/// nodes let through up to N times the limit, and a restart forgets. Counting in the database would
/// be exact, at the price of a write for each request of a stranger, all of them on one row: the
/// flood that is to be kept out would arrive at the store. What is worth money is counted there,
/// not here.
///
/// Memory is bounded: half the capacity is for users, half for peers, so that no crowd of strangers
/// makes a user's count forgotten. Windows that are over are dropped as new ones come; in a full
/// table the one that would end first makes room. Thread-safe.
class RateLimiter
{
public:
    using Now = std::function<base::SteadyTime()>;
    static constexpr size_t kCapacity = 100'000; ///< counts; at most about 16 MB

    /// `now` may not go back; null: the steady clock. `capacity` is rounded down to a multiple of
    /// the number of shards, and up to one for each.
    explicit RateLimiter(Now now = {}, size_t capacity = kCapacity);

    /// What a count is kept for.
    struct Key
    {
        enum class Kind : std::uint8_t { User, Version4, Version6, Other };
        size_t row = 0;
        Kind kind = Kind::Other;
        std::uint64_t value = 0; ///< the user's id, or the address as far as it counts

        bool operator==(const Key &) const = default;
        bool operator<(const Key &other) const
        {
            return std::tie(row, kind, value) < std::tie(other.row, other.kind, other.value);
        }
    };
    static Key keyOf(size_t row, const Request &request);

    /// One request's place under its limit.
    struct Ticket
    {
        RateLimit limit{};
        bool isAllowed = false;
        int left = 0;                    ///< requests that the window still has
        std::chrono::seconds untilEnd{}; ///< of the window, rounded up: 1 s to its length
        Key key;
        base::SteadyTime end;
    };
    /// Counts the request, if there is room for it.
    Ticket take(const Key &key, const RateLimit &limit);
    /// Undoes take(), once, unless the window is over: as if the request had never come. Others
    /// that came meanwhile and were refused stay refused. `ticket` then says what is left.
    void giveBack(Ticket &ticket);

    size_t countsKept() const;

private:
    struct KeyHash
    {
        std::uint64_t seed; ///< secret: nobody can aim at one shard or chain
        size_t operator()(const Key &key) const;
    };
    struct Count
    {
        base::SteadyTime end;
        int used = 0;
    };
    struct Shard
    {
        mutable std::mutex mutex;
        std::unordered_map<Key, Count, KeyHash> counts;
        std::set<std::pair<base::SteadyTime, Key>> byEnd; ///< the same keys

        explicit Shard(KeyHash hash) : counts(0, hash) {}
        void open(const Key &key, base::SteadyTime end);
        void close(const Key &key);
        void closeFirst();
    };
    static constexpr size_t kShards = 32; ///< the first half for users

    Shard &shardOf(const Key &key);

    const Now m_now;
    const size_t m_capacityOfShard;
    const KeyHash m_hash;
    std::array<std::unique_ptr<Shard>, kShards> m_shards;
};

/// Values of the fields RateLimit-Policy and RateLimit (draft-ietf-httpapi-ratelimit-headers).
std::string policyField(const RateLimit &limit);
std::string stateField(const RateLimiter::Ticket &ticket);

} // namespace server::http
