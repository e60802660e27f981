#include "console/api/live_message.h"

#include "shared/protocol/json_reader.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>
#include <cmath>

namespace console::api {

namespace {

using protocol::integerField;
using protocol::stringField;

qint64 callIdOf(const QJsonObject &object)
{
    return integerField(object, "call_id").value_or(0);
}

float levelOf(const QJsonValue &value)
{
    const double level = value.toDouble();
    return std::isfinite(level) ? float(std::clamp(level, 0.0, 1.0)) : 0.0F;
}

LiveDelta deltaOf(const QJsonObject &object)
{
    LiveDelta delta;
    delta.changed = protocol::listFromJson<protocol::LiveCall>(
        object.value(QLatin1String("changed")).toArray());
    const QJsonArray removed = object.value(QLatin1String("removed")).toArray();
    for (const auto &id : removed)
        delta.removed.append(id.toInteger());
    const QJsonArray levels = object.value(QLatin1String("levels")).toArray();
    for (const auto &entry : levels) {
        const QJsonArray triple = entry.toArray();
        if (triple.size() == 3)
            delta.levels.append({triple[0].toInteger(), levelOf(triple[1]), levelOf(triple[2])});
    }
    return delta;
}

template <typename News, typename Value>
std::optional<LiveMessage> newsOf(const QJsonObject &object, QLatin1String field)
{
    auto value = Value::fromJson(object.value(field).toObject());
    if (!value)
        return std::nullopt;
    return News{callIdOf(object), std::move(*value)};
}

} // namespace

std::optional<LiveMessage> decodeLiveMessage(const QString &text)
{
    const QJsonObject object = QJsonDocument::fromJson(text.toUtf8()).object();
    const QString type = stringField(object, "type");
    if (type == QLatin1String("delta"))
        return deltaOf(object);
    if (type == QLatin1String("snapshot"))
        return LiveSnapshot{protocol::listFromJson<protocol::LiveCall>(
            object.value(QLatin1String("calls")).toArray())};
    if (type == QLatin1String("transcript"))
        return newsOf<LineNews, protocol::TranscriptLine>(object, QLatin1String("line"));
    if (type == QLatin1String("turn"))
        return newsOf<TurnNews, protocol::TurnLatency>(object, QLatin1String("turn"));
    if (type == QLatin1String("timeline"))
        return newsOf<TimelineNews, protocol::TimelineEvent>(object, QLatin1String("event"));
    if (type == QLatin1String("listening"))
        return ListeningNews{callIdOf(object)};
    if (type == QLatin1String("stopped"))
        return StoppedNews{callIdOf(object), stringField(object, "reason")};
    if (type == QLatin1String("refused"))
        return RefusedNews{stringField(object, "request"), callIdOf(object),
                           stringField(object, "message")};
    if (type == QLatin1String("detail")) {
        if (auto detail = protocol::CallDetail::fromJson(object))
            return *detail;
    }
    return std::nullopt;
}

} // namespace console::api
