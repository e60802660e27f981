#include "console/api/token_store.h"

namespace console::api {

void MemoryTokenStore::read(const QString &account, QObject *context,
                            std::function<void(base::Secret)> then)
{
    // Queued, so that callers meet one behaviour whichever store they were given.
    QMetaObject::invokeMethod(
        context, [then = std::move(then), token = m_tokens.value(account)] { then(token); },
        Qt::QueuedConnection);
}

void MemoryTokenStore::write(const QString &account, const base::Secret &token)
{
    m_tokens.insert(account, token);
}

void MemoryTokenStore::remove(const QString &account)
{
    m_tokens.remove(account);
}

} // namespace console::api
