#include "server/http/rate_limiter.h"

#include "server/http/peers.h"

#include <QRandomGenerator>

#include <algorithm>
#include <cstring>

namespace server::http {

namespace {

constexpr int kClosedForEachOpened = 2; // so that the table shrinks again after a flood

/// Spreads every bit over all others (the finisher of splitmix64).
std::uint64_t mixed(std::uint64_t value)
{
    value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
    value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
    return value ^ (value >> 31U);
}

std::chrono::seconds until(base::SteadyTime end, base::SteadyTime now)
{
    return std::chrono::ceil<std::chrono::seconds>(end - now);
}

} // namespace

std::string toText(const RateLimit &limit)
{
    struct Unit
    {
        int seconds;
        const char *name;
    };
    static constexpr std::array kUnits{Unit{86'400, "day"}, Unit{3'600, "hour"}, Unit{60, "minute"},
                                       Unit{1, "second"}};
    const auto *const unit = std::ranges::find_if(
        kUnits, [&](const Unit &one) { return limit.window.count() % one.seconds == 0; });
    return std::to_string(limit.count) + " per "
           + std::to_string(limit.window.count() / unit->seconds) + ' ' + unit->name;
}

size_t RateLimiter::KeyHash::operator()(const Key &key) const
{
    const std::uint64_t place = (std::uint64_t(key.row) << 8U) | std::uint64_t(key.kind);
    return mixed(mixed(key.value ^ seed) + place);
}

RateLimiter::RateLimiter(Now now, size_t capacity)
    : m_now(now ? std::move(now) : Now(std::chrono::steady_clock::now)),
      m_capacityOfShard(std::max<size_t>(capacity / kShards, 1)),
      m_hash{QRandomGenerator::system()->generate64()}
{
    for (auto &shard : m_shards)
        shard = std::make_unique<Shard>(m_hash);
}

RateLimiter::Key RateLimiter::keyOf(size_t row, const Request &request)
{
    if (request.caller.isAuthenticated())
        return {row, Key::Kind::User, std::uint64_t(request.caller.id)};
    const std::string network = networkOf(request.peer);
    if (network.size() != 4 && network.size() != 8)
        return {row, Key::Kind::Other, std::hash<std::string>()(network)};
    Key key{row, network.size() == 4 ? Key::Kind::Version4 : Key::Kind::Version6, 0};
    std::memcpy(&key.value, network.data(), network.size());
    return key;
}

RateLimiter::Shard &RateLimiter::shardOf(const Key &key)
{
    constexpr size_t kHalf = kShards / 2;
    const size_t place = (m_hash(key) >> 32U) % kHalf; // the low bits choose the chain within it
    return *m_shards[key.kind == Key::Kind::User ? place : kHalf + place];
}

void RateLimiter::Shard::open(const Key &key, base::SteadyTime end)
{
    counts.insert_or_assign(key, Count{end, 0});
    byEnd.emplace(end, key);
}

void RateLimiter::Shard::close(const Key &key)
{
    const auto found = counts.find(key);
    byEnd.erase({found->second.end, key});
    counts.erase(found);
}

void RateLimiter::Shard::closeFirst()
{
    counts.erase(byEnd.begin()->second);
    byEnd.erase(byEnd.begin());
}

RateLimiter::Ticket RateLimiter::take(const Key &key, const RateLimit &limit)
{
    Shard &shard = shardOf(key);
    const std::lock_guard lock(shard.mutex);
    const base::SteadyTime now = m_now(); // under the lock: for one shard time does not go back
    auto found = shard.counts.find(key);
    if (found != shard.counts.end() && found->second.end <= now) {
        shard.close(key);
        found = shard.counts.end();
    }
    if (found == shard.counts.end()) {
        const auto isFirstOver = [&] {
            return !shard.byEnd.empty() && shard.byEnd.begin()->first <= now;
        };
        for (int i = 0; i < kClosedForEachOpened && isFirstOver(); ++i)
            shard.closeFirst();
        if (shard.counts.size() >= m_capacityOfShard)
            shard.closeFirst();
        shard.open(key, now + limit.window);
        found = shard.counts.find(key);
    }
    Count &count = found->second;
    Ticket ticket{limit, count.used < limit.count, 0, until(count.end, now), key, count.end};
    if (ticket.isAllowed)
        ++count.used;
    ticket.left = limit.count - count.used;
    return ticket;
}

void RateLimiter::giveBack(Ticket &ticket)
{
    if (!ticket.isAllowed)
        return;
    Shard &shard = shardOf(ticket.key);
    const std::lock_guard lock(shard.mutex);
    const base::SteadyTime now = m_now();
    auto found = shard.counts.find(ticket.key);
    if (found != shard.counts.end() && found->second.end == ticket.end
        && --found->second.used == 0) {
        // Nothing counted is left in the window: it has not begun yet.
        shard.close(ticket.key);
        found = shard.counts.end();
    }
    const bool isOpen = found != shard.counts.end() && found->second.end > now;
    ticket.left = ticket.limit.count - (isOpen ? found->second.used : 0);
    ticket.untilEnd = isOpen ? until(found->second.end, now) : ticket.limit.window;
}

size_t RateLimiter::countsKept() const
{
    size_t kept = 0;
    for (const auto &shard : m_shards) {
        const std::lock_guard lock(shard->mutex);
        kept += shard->counts.size();
    }
    return kept;
}

std::string policyField(const RateLimit &limit)
{
    return "\"default\";q=" + std::to_string(limit.count)
           + ";w=" + std::to_string(limit.window.count());
}

std::string stateField(const RateLimiter::Ticket &ticket)
{
    return "\"default\";r=" + std::to_string(ticket.left)
           + ";t=" + std::to_string(ticket.untilEnd.count());
}

} // namespace server::http
