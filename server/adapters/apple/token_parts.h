// The parts of a signed token (RFC 7515 7.1): base64url, joined by dots.
#pragma once

#include <QByteArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <optional>

namespace server::apple {

/// Nothing when it is not base64url.
inline std::optional<QByteArray> decoded(const QByteArray &part)
{
    auto result = QByteArray::fromBase64Encoding(
        part, QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals
                  | QByteArray::AbortOnBase64DecodingErrors);
    return result ? std::optional(std::move(result.decoded)) : std::nullopt;
}

/// The object that a part holds; an empty one for anything that is not base64url of a JSON object.
inline QJsonObject objectIn(const QByteArray &part)
{
    return QJsonDocument::fromJson(decoded(part).value_or(QByteArray())).object();
}

} // namespace server::apple
