// What journeys of accounts do again and again.
#pragma once

#include "tests/journeys/rest_client.h"

namespace tests {

using namespace Qt::StringLiterals;

const QString kUserPassword = QStringLiteral("password123");
const RestClient::Headers mobile{{"X-App-Type", "mobile"},
                                 {"User-Agent", "Speech-Assistant-Mobile-iOS/1.0"}};

inline QString textOf(const Answer &answer, const char *name)
{
    return answer.object().value(QLatin1String(name)).toString();
}

inline QString detailOf(const Answer &answer)
{
    return textOf(answer, "detail");
}

/// Signs up with kUserPassword and keeps the token.
inline Answer signUp(RestClient &client, const QString &email,
                     const RestClient::Headers &headers = {})
{
    Answer answer = client.post(u"/auth/register"_s,
                                {{u"email"_s, email}, {u"password"_s, kUserPassword}}, headers);
    client.setToken(textOf(answer, "access_token"));
    return answer;
}

inline Answer login(RestClient &client, const QString &email, const QString &with)
{
    return client.postForm(u"/auth/login"_s, {{u"username"_s, email}, {u"password"_s, with}});
}

} // namespace tests
