// A request as handlers see it: whole, checked, and a value of its own.
#pragma once

#include <QByteArray>
#include <QJsonObject>
#include <QString>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace server::http {

enum class Method { Get, Head, Post, Put, Patch, Delete, Options };

const char *toText(Method method);

/// Who asks, as far as the access check found out. The owner of the server decides what the fields
/// mean.
struct Caller
{
    qint64 id = 0;       ///< 0: anonymous
    QString name;        ///< e-mail
    QString displayName; ///< how to address them; may be empty
    QString role;
    bool isAuthenticated() const { return id != 0; }
};

struct Request
{
    using Header = std::pair<std::string, std::string>; ///< name in lower case

    Method method = Method::Get;
    std::string target; ///< as sent: path and query
    std::string path;   ///< as sent, before any decoding, without the query
    std::string query;  ///< as sent, without the question mark
    std::vector<Header> headers;
    QByteArray body;
    std::string peer; ///< numeric address; behind a trusted proxy the one it forwards
    std::string id;   ///< request id, also in the answer's X-Request-Id
    std::vector<QString>
        arguments; ///< path parameters in the order of the pattern, percent-decoded
    Caller caller;
    std::chrono::steady_clock::time_point received;

    /// The first header of that (lower-case) name.
    std::optional<std::string_view> header(std::string_view name) const;

    /// A query parameter, percent-decoded, with `+` as a space. The first of that name.
    std::optional<QString> queryValue(QStringView name) const;

    /// Fields of an application/x-www-form-urlencoded or multipart/form-data body, in order.
    /// Values that are not percent-encoded properly are taken as they stand: an existing client
    /// sends them raw.
    std::vector<std::pair<QString, QString>> formFields() const;
    std::optional<QString> formValue(QStringView name) const;

    /// The token of `Authorization: Bearer`, the scheme in any case.
    std::optional<std::string_view> bearerToken() const;
};

} // namespace server::http
