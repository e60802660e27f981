// The last few ids of something.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace server::bridge {

/// Remembers the latest 32 ids. What is older than that many interruptions has long stopped
/// arriving.
class RecentIds
{
public:
    void add(std::string_view id)
    {
        if (!id.empty() && !contains(id))
            m_ids[m_next++ % m_ids.size()] = id;
    }
    bool contains(std::string_view id) const
    {
        return !id.empty() && std::find(m_ids.begin(), m_ids.end(), id) != m_ids.end();
    }

private:
    std::array<std::string, 32> m_ids;
    size_t m_next = 0;
};

} // namespace server::bridge
