#include "tests/sandbox/google_accounts.h"

#include "tests/sandbox/google_answers.h"

#include <QCryptographicHash>
#include <QUuid>

using namespace Qt::StringLiterals;

namespace sandbox {

namespace {

QString randomText(const QString &prefix)
{
    return prefix + QUuid::createUuid().toString(QUuid::Id128)
           + QUuid::createUuid().toString(QUuid::Id128);
}

HttpAnswer redirect(const QString &to, const Form &query)
{
    HttpAnswer answer;
    answer.status = 302;
    const char joint = to.contains(u'?') ? '&' : '?';
    answer.headers.append({"Location", to.toUtf8() + joint + query.encode()});
    return answer;
}

} // namespace

void GoogleAccounts::takeBack(const QString &account)
{
    std::erase_if(m_grants, [&](const Grant &grant) { return grant.account == account; });
}

void GoogleAccounts::expireAccessTokens()
{
    for (Grant &grant : m_grants)
        grant.accessEnds = {};
}

bool GoogleAccounts::hasConsent(const QString &account) const
{
    return std::any_of(m_grants.begin(), m_grants.end(),
                       [&](const Grant &grant) { return grant.account == account; });
}

HttpAnswer GoogleAccounts::wrong(const QString &error, const QString &description)
{
    m_journal.breach(u"google"_s, error + u": "_s + description);
    return oauthRefusal(error == u"invalid_client" ? 401 : 400, error, description);
}

HttpAnswer GoogleAccounts::consent(const HttpRequest &request)
{
    const Form query = Form::decode(request.query);
    const QString back = query.value(u"redirect_uri"_s);
    if (query.value(u"client_id"_s).toUtf8() != m_settings.clientId)
        return wrong(u"invalid_client"_s, u"The OAuth client was not found."_s);
    if (query.value(u"response_type"_s) != u"code" || !QUrl(back).isValid() || back.isEmpty()
        || query.value(u"scope"_s).isEmpty())
        return wrong(u"invalid_request"_s, u"response_type, redirect_uri and scope are needed"_s);
    if (query.value(u"access_type"_s) != u"offline" || query.value(u"prompt"_s) != u"consent")
        m_journal.breach(u"google"_s, u"this consent gives no refresh token"_s);
    if (query.value(u"code_challenge_method"_s) != u"S256"
        || query.value(u"code_challenge"_s).size() != 43)
        return wrong(u"invalid_request"_s, u"code_challenge must be S256"_s);
    if (m_isRefusing)
        return redirect(back,
                        {{u"error"_s, u"access_denied"_s}, {u"state"_s, query.value(u"state"_s)}});
    m_codes.push_back({randomText(u"4/"_s), m_signedIn, back,
                       query.value(u"code_challenge"_s).toLatin1(), query.value(u"scope"_s)});
    return redirect(back, {{u"state"_s, query.value(u"state"_s)},
                           {u"code"_s, m_codes.back().code},
                           {u"scope"_s, m_codes.back().scope}});
}

HttpAnswer GoogleAccounts::token(const Form &form)
{
    if (form.value(u"client_id"_s).toUtf8() != m_settings.clientId
        || form.value(u"client_secret"_s).toUtf8() != m_settings.clientSecret)
        return wrong(u"invalid_client"_s, u"The OAuth client was not found."_s);
    const QString type = form.value(u"grant_type"_s);
    if (type == u"authorization_code")
        return exchange(form);
    if (type == u"refresh_token")
        return refresh(form);
    return wrong(u"unsupported_grant_type"_s, type);
}

HttpAnswer GoogleAccounts::exchange(const Form &form)
{
    const QString given = form.value(u"code"_s);
    const auto code = std::find_if(m_codes.begin(), m_codes.end(),
                                   [&](const Code &one) { return one.code == given; });
    if (code == m_codes.end())
        return oauthRefusal(400, u"invalid_grant"_s, u"Malformed auth code."_s);
    const Code known = *code;
    m_codes.erase(code); // good once, also when what follows is wrong
    const QByteArray proof =
        QCryptographicHash::hash(form.value(u"code_verifier"_s).toUtf8(),
                                 QCryptographicHash::Sha256)
            .toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals);
    if (proof != known.challenge)
        return wrong(u"invalid_grant"_s, u"Invalid code verifier."_s);
    if (form.value(u"redirect_uri"_s) != known.redirectUri)
        return wrong(u"redirect_uri_mismatch"_s, u"Bad Request"_s);
    m_grants.push_back({known.account, randomText(u"1//"_s), {}, {}, known.scope});
    return renew(m_grants.back(), true);
}

HttpAnswer GoogleAccounts::refresh(const Form &form)
{
    const QString given = form.value(u"refresh_token"_s);
    for (Grant &grant : m_grants) {
        if (grant.refreshToken == given) {
            ++m_refreshes;
            return renew(grant, false);
        }
    }
    return oauthRefusal(400, u"invalid_grant"_s, u"Token has been expired or revoked."_s);
}

HttpAnswer GoogleAccounts::renew(Grant &grant, bool withRefreshToken)
{
    grant.accessToken = randomText(u"ya29."_s);
    grant.accessEnds =
        QDateTime::currentDateTimeUtc().addSecs(qint64(m_settings.tokenLifetime.count()));
    QJsonObject answer{{u"access_token"_s, grant.accessToken},
                       {u"expires_in"_s, qint64(m_settings.tokenLifetime.count())},
                       {u"scope"_s, grant.scope},
                       {u"token_type"_s, u"Bearer"_s}};
    if (withRefreshToken)
        answer.insert(u"refresh_token"_s, grant.refreshToken);
    return HttpAnswer::json(200, answer);
}

HttpAnswer GoogleAccounts::revoke(const Form &form)
{
    const QString given = form.value(u"token"_s);
    const auto count = std::erase_if(m_grants, [&](const Grant &grant) {
        return grant.refreshToken == given || grant.accessToken == given;
    });
    if (count == 0)
        return oauthRefusal(400, u"invalid_token"_s, u"Token expired or revoked"_s);
    return HttpAnswer::json(200, {});
}

QString GoogleAccounts::accountOf(const HttpRequest &request) const
{
    const QByteArray header = request.headers.value("authorization");
    const QDateTime now = QDateTime::currentDateTimeUtc();
    for (const Grant &grant : m_grants) {
        if (!grant.accessToken.isEmpty() && header == "Bearer " + grant.accessToken.toUtf8()
            && grant.accessEnds.isValid() && now < grant.accessEnds)
            return grant.account;
    }
    return {};
}

} // namespace sandbox
