// What the onboarding journeys share: orders as the clients send them, answers as they decode them.
#pragma once

#include "tests/journeys/rest_client.h"

namespace tests {

/// What the iOS app sends with every request.
inline const RestClient::Headers kMobile{{"X-App-Type", "mobile"},
                                         {"User-Agent", "Speech-Assistant-Mobile-iOS/1.0"}};

/// A Token as iOS decodes it, every member a string; the access token, empty where it would fail.
inline QString tokenOf(const Answer &answer)
{
    const QJsonObject token = answer.object();
    for (const char *key : {"access_token", "token_type", "refresh_token"}) {
        if (!token.value(QLatin1String(key)).isString())
            return {};
    }
    return answer.status == 200 ? token.value(u"access_token"_qs).toString() : QString();
}

inline QJsonArray list(const char *words)
{
    return QJsonArray::fromStringList(QString::fromLatin1(words).split(u' ', Qt::SkipEmptyParts));
}

inline QString detailOf(const Answer &answer)
{
    return answer.object().value(u"detail"_qs).toString();
}

inline QJsonValue at(const Answer &answer, const char *key)
{
    return answer.object().value(QLatin1String(key));
}

inline QJsonObject credentials(const QString &email)
{
    return {{u"email"_qs, email}, {u"password"_qs, u"password123"_qs}};
}

} // namespace tests
