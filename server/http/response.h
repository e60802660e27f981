// An answer as handlers make it.
#pragma once

#include "shared/base/result.h"

#include <QByteArray>
#include <QJsonArray>
#include <QJsonObject>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace server::http {

struct Response
{
    int status = 200;
    std::string contentType = "application/json";
    QByteArray body;
    std::vector<std::pair<std::string, std::string>>
        headers;   ///< beside those every answer carries, which they replace
    QString cause; ///< for the log only: never sent
    /// The request does not count against its route's rate limit. 422 never does; other refusals
    /// that come before the work proper say so here.
    bool isUncounted = false;

    static Response json(const QJsonObject &object, int status = 200);
    static Response json(const QJsonArray &array, int status = 200);
    static Response text(int status, std::string contentType, QByteArray body);
    static Response noContent();

    /// `{"detail": message}`: the shape the existing clients parse. A 429 has the same text under
    /// `error` too.
    static Response problem(int status, const QString &detail);
    /// The status of the error's fault and its message; the cause stays in the log.
    static Response problem(const base::Error &error);

    Response &&with(std::string name, std::string value) &&;
};

/// 429 of a rate limit such as "5 per 1 minute", with Retry-After: `{"error","detail"}`.
Response rateLimitProblem(const std::string &limit, std::chrono::seconds wait);

/// One thing that is wrong with a request's fields.
struct FieldError
{
    QString field; ///< "email", or "query -> limit"; "" for the body as a whole
    QString message;
};

/// 422 `{"detail":"Validation error","errors":[{"field","message"}...]}`.
Response validationProblem(const std::vector<FieldError> &errors);

} // namespace server::http
