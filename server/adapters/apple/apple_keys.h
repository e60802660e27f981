// The keys that Apple signs identity tokens with.
#pragma once

#include "server/web/http_client.h"
#include "shared/base/clock.h"

#include <map>
#include <mutex>

namespace server::apple {

/// Fetches {baseUrl}/auth/keys when needed and keeps the keys. Thread-safe; find() blocks while
/// keys are fetched, for up to 5 s, and of several threads only one fetches.
///
/// A key that is not known makes for a fetch, but at most once a minute, so that invented tokens
/// cannot make us a nuisance to Apple. Keys are fetched anew after a day; those that Apple has
/// taken back are gone then.
class AppleKeys
{
public:
    using SteadyClock = std::function<base::SteadyTime()>;

    AppleKeys(QString baseUrl, web::HttpClient &http,
              SteadyClock now = std::chrono::steady_clock::now);

    /// The public key of that id as PEM; empty when Apple has none of that id. Fault::Upstream or
    /// Timeout when Apple could not be asked and nothing is known of the key.
    base::Result<QByteArray> find(const QString &keyId);

private:
    using Keys = std::map<QString, QByteArray>; // PEM by key id

    base::Result<Keys> fetch() const;

    const QString m_baseUrl;
    web::HttpClient &m_http;
    const SteadyClock m_now;
    std::mutex m_fetching; ///< held by the one that asks Apple

    std::mutex m_mutex; ///< guards what follows; never held while waiting
    Keys m_keys;
    std::optional<base::SteadyTime> m_fetchedAt;
    std::optional<base::SteadyTime> m_triedAt;
    base::Result<> m_lastTry;
};

} // namespace server::apple
