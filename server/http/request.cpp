#include "server/http/request.h"

#include "server/http/header_text.h"
#include "server/http/percent.h"

#include <algorithm>

namespace server::http {

const char *toText(Method method)
{
    switch (method) {
    case Method::Get:
        return "GET";
    case Method::Head:
        return "HEAD";
    case Method::Post:
        return "POST";
    case Method::Put:
        return "PUT";
    case Method::Patch:
        return "PATCH";
    case Method::Delete:
        return "DELETE";
    case Method::Options:
        return "OPTIONS";
    }
    Q_UNREACHABLE();
}

std::optional<std::string_view> Request::header(std::string_view name) const
{
    const auto found = std::ranges::find(headers, name, &Header::first);
    if (found == headers.end())
        return std::nullopt;
    return found->second;
}

std::optional<QString> Request::queryValue(QStringView name) const
{
    const std::string wanted = name.toUtf8().toStdString();
    for (const auto &[key, value] : decodeForm(query)) {
        if (key == wanted)
            return QString::fromStdString(value);
    }
    return std::nullopt;
}

std::vector<std::pair<QString, QString>> Request::formFields() const
{
    std::vector<std::pair<QString, QString>> fields;
    for (const auto &[name, value] : formBytes(*this))
        fields.emplace_back(QString::fromStdString(name), QString::fromStdString(value));
    return fields;
}

std::optional<QString> Request::formValue(QStringView name) const
{
    const std::string wanted = name.toUtf8().toStdString();
    for (const auto &[key, value] : formBytes(*this)) {
        if (key == wanted)
            return QString::fromStdString(value);
    }
    return std::nullopt;
}

std::optional<std::string_view> Request::bearerToken() const
{
    const auto value = header("authorization");
    if (!value || value->size() < 8 || !equalsNoCase(value->substr(0, 7), "bearer "))
        return std::nullopt;
    const std::string_view token = trimmed(value->substr(7));
    if (token.empty())
        return std::nullopt;
    return token;
}

} // namespace server::http
