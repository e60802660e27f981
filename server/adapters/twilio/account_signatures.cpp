#include "server/adapters/twilio/account_signatures.h"

#include "shared/base/log.h"

#include <QUrl>
#include <QUrlQuery>

#include <algorithm>

namespace server::twilio {

using base::Result;
using base::Secret;

namespace {

QString fieldOf(const AccountSignatures::Fields &fields, const QUrlQuery &query, const char *name)
{
    const QString key = QLatin1String(name);
    for (const auto &[field, value] : fields) {
        if (field == key)
            return value;
    }
    return query.queryItemValue(key, QUrl::FullyDecoded);
}

} // namespace

Result<std::vector<Secret>> AccountSignatures::othersFor(const QString &url,
                                                         const Fields &fields) const
{
    if (url.startsWith(QLatin1String("ws")))
        return m_accounts.streamSigners(m_now());
    const QUrlQuery query{QUrl(url)};
    const auto field = [&](const char *name) { return fieldOf(fields, query, name); };
    core::SignedFacts facts;
    facts.accountSid = field("AccountSid");
    if (facts.accountSid.isEmpty() || facts.accountSid == m_accounts.service().sid)
        return std::vector<Secret>();
    facts.callSid = field("CallSid");
    facts.call = {query.queryItemValue(QStringLiteral("call")).toLongLong()};
    // "outbound-api" and "outbound-dial"; we placed those, so that ours is the number they are
    // from.
    const bool isOutbound = field("Direction").startsWith(QLatin1String("outbound"));
    facts.ourNumber = isOutbound ? field("From") : field("To");
    return m_accounts.signersOf(facts);
}

bool AccountSignatures::isValid(const QString &url, const Fields &fields,
                                const QByteArray &signature) const
{
    if (m_service.isValid(url, fields, signature))
        return true;
    if (signature.isEmpty())
        return false;
    const auto tokens = othersFor(url, fields);
    if (!tokens) {
        base::log::warning("phone.signature_not_checked",
                           {{QStringLiteral("cause"), tokens.error().cause}});
        return false;
    }
    return std::any_of(tokens->begin(), tokens->end(), [&](const Secret &token) {
        return RequestSignature(token).isValid(url, fields, signature);
    });
}

} // namespace server::twilio
