#include "tests/journeys/app_clients.h"

#include <QRegularExpression>

namespace tests {

namespace {

bool isInteger(const QJsonValue &value)
{
    return value.isDouble() && value.toDouble() == double(value.toInteger());
}

/// Absent, null or a whole number; anything else does not decode.
bool readOptional(const QJsonObject &object, const char *name, std::optional<int> &into)
{
    const QJsonValue value = object.value(QLatin1String(name));
    if (value.isUndefined() || value.isNull())
        return true;
    into = value.toInt();
    return isInteger(value);
}

/// UpgradeOption: plan, price, calls and product_id, all of them texts.
std::optional<int> readOptions(const QJsonValue &value)
{
    if (value.isUndefined() || value.isNull())
        return 0;
    if (!value.isArray())
        return std::nullopt;
    const QJsonArray options = value.toArray();
    for (const auto &option : options) {
        for (const char *name : {"plan", "price", "calls", "product_id"}) {
            if (!option.toObject().value(QLatin1String(name)).isString())
                return std::nullopt;
        }
    }
    return int(options.size());
}

bool hasAll(const QJsonObject &object, std::initializer_list<const char *> names,
            bool (*isRight)(const QJsonValue &))
{
    return std::all_of(names.begin(), names.end(), [&](const char *name) {
        return isRight(object.value(QLatin1String(name)));
    });
}

bool isText(const QJsonValue &value)
{
    return value.isString();
}

bool isTruth(const QJsonValue &value)
{
    return value.isBool();
}

} // namespace

AppUser::AppUser(Stage &stage, App app, const QString &name) : m_client(stage.server().url())
{
    if (app == App::Ios)
        m_headers = {{"X-App-Type", "mobile"}, {"User-Agent", "Speech-Assistant-Mobile-iOS/1.0"}};
    const Answer answer = post(QStringLiteral("/auth/register"),
                               {{QStringLiteral("email"), name + QStringLiteral("@example.com")},
                                {QStringLiteral("password"), QStringLiteral("password123")}});
    m_client.setToken(answer.object().value(QLatin1String("access_token")).toString());
    m_isIn = answer.status == 200 && answer.object().value(QLatin1String("token_type")).isString();
}

qint64 AppUser::id()
{
    return get(QStringLiteral("/users/me")).object().value(QLatin1String("id")).toInteger();
}

Answer AppUser::send(const QByteArray &method, const QString &path, const QJsonObject &body)
{
    return m_client.send(method, path, body.isEmpty() ? "" : "application/json",
                         body.isEmpty() ? QByteArray() : QJsonDocument(body).toJson(), m_headers);
}

std::optional<IosRefusal> iosRefusal(const Answer &answer)
{
    const QJsonObject detail = answer.object().value(QLatin1String("detail")).toObject();
    const auto options = readOptions(detail.value(QLatin1String("upgrade_options")));
    const QJsonValue timestamp = detail.value(QLatin1String("timestamp"));
    if (answer.status != 402 || !hasAll(detail, {"error", "message"}, isText) || !options
        || !(timestamp.isString() || timestamp.isUndefined()))
        return std::nullopt;
    return IosRefusal{detail.value(QLatin1String("error")).toString(),
                      detail.value(QLatin1String("message")).toString(), *options};
}

std::optional<IosPermission> iosPermission(const Answer &answer)
{
    const QJsonObject object = answer.object();
    const QJsonObject details = object.value(QLatin1String("details")).toObject();
    IosPermission permission;
    std::optional<int> ignored;
    if (answer.status != 200 || !hasAll(object, {"can_make_call"}, isTruth)
        || !hasAll(object, {"status"}, isText) || !object.value(QLatin1String("details")).isObject()
        || !readOptional(details, "duration_limit", permission.durationLimit)
        || !readOptional(details, "calls_remaining_this_week", ignored)
        || !readOptional(details, "calls_remaining_this_month", ignored)
        || !readOptions(details.value(QLatin1String("upgrade_options"))))
        return std::nullopt;
    permission.canMakeCall = object.value(QLatin1String("can_make_call")).toBool();
    permission.status = object.value(QLatin1String("status")).toString();
    permission.message = details.value(QLatin1String("message")).toString();
    return permission;
}

std::optional<IosCall> iosCall(const Answer &answer)
{
    const QJsonObject object = answer.object();
    const QJsonObject stats = object.value(QLatin1String("usage_stats")).toObject();
    IosCall call;
    std::optional<int> ignored;
    if (answer.status != 200 || !hasAll(object, {"call_sid", "status"}, isText)
        || !hasAll(object, {"duration_limit"}, isInteger)
        || !hasAll(stats, {"upgrade_recommended"}, isTruth)
        || !readOptional(stats, "calls_remaining_this_week", call.leftThisWeek)
        || !readOptional(stats, "calls_remaining_this_month", ignored)
        || !readOptional(stats, "addon_calls_remaining", ignored))
        return std::nullopt;
    call.callSid = object.value(QLatin1String("call_sid")).toString();
    call.durationLimit = object.value(QLatin1String("duration_limit")).toInt();
    call.isUpgradeRecommended = stats.value(QLatin1String("upgrade_recommended")).toBool();
    return call;
}

std::optional<int> iosTrialCalls(const Answer &answer)
{
    const QJsonObject stats = answer.object();
    if (answer.status != 200 || !hasAll(stats, {"app_type"}, isText)
        || !hasAll(stats, {"is_trial_active", "is_subscribed", "upgrade_recommended"}, isTruth)
        || !hasAll(stats,
                   {"trial_calls_remaining", "trial_calls_used", "calls_made_today",
                    "calls_made_this_week", "calls_made_this_month", "calls_made_total"},
                   isInteger))
        return std::nullopt;
    return stats.value(QLatin1String("trial_calls_remaining")).toInt();
}

std::optional<IosScheduled> iosScheduled(const Answer &answer)
{
    static const QRegularExpression zoned(QStringLiteral(
        "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)$"));
    const QJsonObject object = answer.object();
    const QString time = object.value(QLatin1String("scheduled_time")).toString();
    const QString created = object.value(QLatin1String("created_at")).toString();
    if (answer.status / 100 != 2 || !hasAll(object, {"id"}, isInteger)
        || !hasAll(object, {"phone_number", "scenario"}, isText) || !zoned.match(time).hasMatch()
        || !zoned.match(created).hasMatch())
        return std::nullopt;
    return IosScheduled{object.value(QLatin1String("id")).toInteger(),
                        QDateTime::fromString(time, Qt::ISODate)};
}

QString webErrorText(const Answer &answer)
{
    // An object or a list would show as [object Object].
    return answer.object().value(QLatin1String("detail")).toString();
}

} // namespace tests
