#include "server/core/accounts/refresh_rule.h"

namespace server::core {

RefreshVerdict judgeRefresh(const RefreshToken &token, const Account &account, const QDateTime &now,
                            RefreshMode mode)
{
    if (token.revokedAt.isValid())
        return RefreshVerdict::EndFamily;
    if (!account.isActive || now >= token.expiresAt)
        return RefreshVerdict::Refuse;
    if (mode == RefreshMode::Strict && token.usedAt.isValid()
        && now > token.usedAt.addMSecs(std::chrono::milliseconds(strictRetryWindow).count()))
        return RefreshVerdict::EndFamily;
    return RefreshVerdict::Accept;
}

} // namespace server::core
