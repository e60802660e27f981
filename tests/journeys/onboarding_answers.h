// What the onboarding journeys share: orders as the clients send them, answers as they decode them.
#pragma once

#include "tests/journeys/account_steps.h"

namespace tests {

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

inline QJsonValue at(const Answer &answer, const char *key)
{
    return answer.object().value(QLatin1String(key));
}

inline QJsonObject credentials(const QString &email)
{
    return {{u"email"_qs, email}, {u"password"_qs, kUserPassword}};
}

} // namespace tests
