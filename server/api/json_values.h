// Small pieces that answers are made of.
#pragma once

#include <QJsonObject>
#include <QString>

namespace server::api {

/// Null for the empty text.
inline QJsonValue orNull(const QString &text)
{
    return text.isEmpty() ? QJsonValue() : QJsonValue(text);
}

/// Puts the members of `more` into `all`, over those of the same name.
inline void add(QJsonObject &all, const QJsonObject &more)
{
    for (auto it = more.begin(); it != more.end(); ++it)
        all.insert(it.key(), it.value());
}

/// `fields` with `"status": "success"`, which the web app looks for.
inline QJsonObject success(QJsonObject fields)
{
    fields.insert(QStringLiteral("status"), QStringLiteral("success"));
    return fields;
}

} // namespace server::api
