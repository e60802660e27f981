// Where the refresh token sleeps between two starts of the console.
#pragma once

#include "shared/base/secret.h"

#include <QHash>
#include <QObject>
#include <QString>

#include <functional>

namespace console::api {

/// Keeps one secret per account. Asynchronous, on the GUI thread. Where nothing durable is at hand
/// it still works for this session and says so through fallenBack().
class TokenStore : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    /// `then` gets an empty secret when there is none. It is not called once `context` is gone.
    virtual void read(const QString &account, QObject *context,
                      std::function<void(base::Secret)> then) = 0;
    virtual void write(const QString &account, const base::Secret &token) = 0;
    virtual void remove(const QString &account) = 0;

signals:
    /// From now on tokens are kept in memory only; `reason` is a sentence for people.
    void fallenBack(const QString &reason);
};

/// Keeps tokens until the program ends. Also what tests use.
class MemoryTokenStore final : public TokenStore
{
    Q_OBJECT

public:
    using TokenStore::TokenStore;

    void read(const QString &account, QObject *context,
              std::function<void(base::Secret)> then) override;
    void write(const QString &account, const base::Secret &token) override;
    void remove(const QString &account) override;

private:
    QHash<QString, base::Secret> m_tokens;
};

} // namespace console::api
