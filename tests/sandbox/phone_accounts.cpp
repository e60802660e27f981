#include "tests/sandbox/phone_accounts.h"

using namespace Qt::StringLiterals;

namespace sandbox {

PhoneAccounts::Other::Other(PhoneSettings main, QByteArray sid, QByteArray token, Journal &journal)
    : settings(std::move(main)), webhook(settings, journal)
{
    settings.accountSid = std::move(sid);
    settings.authToken = std::move(token);
}

PhoneAccounts::PhoneAccounts(const PhoneSettings &main, Webhook &webhook, Journal &journal)
    : m_main(main), m_webhook(webhook)
{
    for (auto it = main.otherAccounts.cbegin(); it != main.otherAccounts.cend(); ++it)
        m_others[it.key()] = std::make_unique<Other>(main, it.key(), it.value(), journal);
}

PhoneAccounts::View PhoneAccounts::of(const QByteArray &sid) const
{
    const auto other = m_others.find(sid);
    if (other == m_others.end())
        return {m_main, m_webhook};
    return {other->second->settings, other->second->webhook};
}

bool PhoneAccounts::isAuthorised(const HttpRequest &request, const QByteArray &sid) const
{
    const PhoneSettings &account = of(sid).settings;
    const QByteArray expected = (account.accountSid + ':' + account.authToken).toBase64();
    return request.headers.value("authorization") == "Basic " + expected;
}

HttpAnswer PhoneAccounts::resource(const QByteArray &sid)
{
    const QString text = QString::fromLatin1(sid);
    return HttpAnswer::json(200, {{u"sid"_s, text},
                                  {u"owner_account_sid"_s, text},
                                  {u"friendly_name"_s, u"Sandbox"_s},
                                  {u"status"_s, u"active"_s},
                                  {u"type"_s, u"Full"_s},
                                  {u"date_created"_s, u"Thu, 01 Jan 2026 00:00:00 +0000"_s},
                                  {u"date_updated"_s, u"Thu, 01 Jan 2026 00:00:00 +0000"_s},
                                  {u"subresource_uris"_s, QJsonObject()},
                                  {u"uri"_s, u"/2010-04-01/Accounts/%1.json"_s.arg(text)}});
}

} // namespace sandbox
