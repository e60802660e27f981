#include "console/api/backoff.h"

#include <algorithm>

namespace console::api {

std::chrono::milliseconds Backoff::next(double chance)
{
    // 500 ms * 2^5 already exceeds the longest wait; more doublings would only overflow.
    const int doublings = std::min(m_attempts, 6);
    ++m_attempts;
    const auto nominal = std::min(kLongest, kFirst * (1 << doublings));
    const double share = 0.5 + 0.5 * std::clamp(chance, 0.0, 1.0);
    return std::chrono::milliseconds(static_cast<long long>(double(nominal.count()) * share));
}

} // namespace console::api
