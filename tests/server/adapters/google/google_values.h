// What the tests of Google's answers write often.
#pragma once

#include "tests/sandbox/http_listener.h"

#include <QDateTime>

namespace tests {

inline sandbox::HttpAnswer body(const QByteArray &text, int status = 200)
{
    sandbox::HttpAnswer answer;
    answer.status = status;
    answer.body = text;
    return answer;
}

/// Of "2026-03-02T00:00:00Z".
inline QDateTime utc(const QString &text)
{
    return QDateTime::fromString(text, Qt::ISODate);
}

} // namespace tests
