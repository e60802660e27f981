// The two apps as their sources decode answers: what is missing or of the wrong type is no answer.
#pragma once

#include "tests/journeys/rest_client.h"
#include "tests/journeys/stage.h"

#include <optional>

namespace tests {

/// A person with an account, on one of the apps.
class AppUser
{
public:
    enum class App { Ios, Web };

    /// Registers; isIn() tells whether that worked.
    AppUser(Stage &stage, App app, const QString &name);

    bool isIn() const { return m_isIn; }
    qint64 id();
    Answer get(const QString &path) { return m_client.get(path, m_headers); }
    Answer post(const QString &path, const QJsonObject &body)
    {
        return m_client.post(path, body, m_headers);
    }
    Answer send(const QByteArray &method, const QString &path, const QJsonObject &body = {});
    Answer sendRaw(const QByteArray &method, const QString &path, const QByteArray &contentType,
                   const QByteArray &body)
    {
        return m_client.send(method, path, contentType, body, m_headers);
    }
    /// POST without a body and without a Content-Type, as iOS sends it.
    Answer postNothing(const QString &path)
    {
        return m_client.send("POST", path, {}, {}, m_headers);
    }

private:
    RestClient m_client;
    RestClient::Headers m_headers;
    bool m_isIn = false;
};

/// iOS: `{"detail": {error, message, upgrade_options?, timestamp?}}` of a 402.
struct IosRefusal
{
    QString error;
    QString message;
    int options = 0;
};
std::optional<IosRefusal> iosRefusal(const Answer &answer);

struct IosPermission
{
    bool canMakeCall = false;
    QString status;
    std::optional<int> durationLimit;
    QString message;
};
std::optional<IosPermission> iosPermission(const Answer &answer);

struct IosCall
{
    QString callSid;
    int durationLimit = 0;
    std::optional<int> leftThisWeek;
    bool isUpgradeRecommended = false;
};
std::optional<IosCall> iosCall(const Answer &answer);

/// iOS: /mobile/usage-stats with every field that it must find; the calls of the trial that are
/// left.
std::optional<int> iosTrialCalls(const Answer &answer);

/// iOS: the answer of /schedule-call, whose time must carry a zone.
struct IosScheduled
{
    qint64 id = 0;
    QDateTime time;
};
std::optional<IosScheduled> iosScheduled(const Answer &answer);

/// Web: what it shows of an error; empty where it could show none.
QString webErrorText(const Answer &answer);

} // namespace tests
