#include "server/http/response.h"

#include <QJsonDocument>

namespace server::http {

namespace {

Response jsonResponse(const QJsonDocument &document, int status)
{
    Response response;
    response.status = status;
    response.body = document.toJson(QJsonDocument::Compact);
    return response;
}

} // namespace

Response Response::json(const QJsonObject &object, int status)
{
    return jsonResponse(QJsonDocument(object), status);
}

Response Response::json(const QJsonArray &array, int status)
{
    return jsonResponse(QJsonDocument(array), status);
}

Response Response::text(int status, std::string contentType, QByteArray body)
{
    Response response;
    response.status = status;
    response.contentType = std::move(contentType);
    response.body = std::move(body);
    return response;
}

Response Response::noContent()
{
    return text(204, {}, {});
}

Response &&Response::with(std::string name, std::string value) &&
{
    headers.emplace_back(std::move(name), std::move(value));
    return std::move(*this);
}

} // namespace server::http
