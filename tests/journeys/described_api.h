// Answers held against the API's own description.
#pragma once

#include "tests/journeys/rest_client.h"

namespace tests {

/// What is wrong with an answer that should have that status and the form that `api` (an OpenAPI
/// document) describes for it; empty when nothing is. `method` in lower case, `path` as described.
QString objectionTo(const Answer &answer, const QJsonObject &api, const char *method,
                    const char *path, int status);

/// Holds answers against the description, one after the other, and keeps what was wrong.
class DescribedAnswers
{
public:
    /// `api` is the OpenAPI document that the server under test serves.
    explicit DescribedAnswers(QJsonObject api) : m_api(std::move(api)) {}

    /// As objectionTo().
    void operator()(const Answer &answer, const char *method, const char *path, int status)
    {
        ++m_count;
        if (const QString objection = objectionTo(answer, m_api, method, path, status);
            !objection.isEmpty())
            m_wrong.append(objection);
    }

    const QStringList &wrong() const { return m_wrong; }
    int count() const { return m_count; } ///< answers so far

private:
    const QJsonObject m_api;
    QStringList m_wrong;
    int m_count = 0;
};

} // namespace tests
