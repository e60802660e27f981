// The accounts that the phone network knows.
#pragma once

#include "tests/sandbox/http_listener.h"
#include "tests/sandbox/webhook.h"

#include <map>
#include <memory>

namespace sandbox {

/// One is that of the server under test; the others are those of its users. Each has its own token,
/// with which it signs.
class PhoneAccounts
{
public:
    /// `main` and `webhook` must outlive this.
    PhoneAccounts(const PhoneSettings &main, Webhook &webhook, Journal &journal);

    struct View
    {
        const PhoneSettings &settings; ///< with this account's id and token
        Webhook &webhook;
    };
    /// The main one for an id that is none of the others.
    View of(const QByteArray &sid) const;
    /// Does the request carry the token of that account?
    bool isAuthorised(const HttpRequest &request, const QByteArray &sid) const;
    /// GET /2010-04-01/Accounts/{sid}.json
    static HttpAnswer resource(const QByteArray &sid);

private:
    struct Other
    {
        Other(PhoneSettings main, QByteArray sid, QByteArray token, Journal &journal);

        PhoneSettings settings;
        Webhook webhook;
    };

    const PhoneSettings &m_main;
    Webhook &m_webhook;
    std::map<QByteArray, std::unique_ptr<Other>> m_others;
};

} // namespace sandbox
