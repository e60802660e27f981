// The desktop's key chain (Secret Service, KWallet) as token store.
#pragma once

#include "console/api/token_store.h"

namespace console::api {

/// Stores tokens in the user's key chain; when there is none, in memory for this session, and says
/// so once. Never writes a token to a plain file.
class KeychainTokenStore final : public TokenStore
{
    Q_OBJECT

public:
    using TokenStore::TokenStore;

    void read(const QString &account, QObject *context,
              std::function<void(base::Secret)> then) override;
    void write(const QString &account, const base::Secret &token) override;
    void remove(const QString &account) override;

private:
    void fallBack();

    MemoryTokenStore m_memory;
    bool m_hasFallenBack = false;
};

} // namespace console::api
