#include "server/core/scenarios/turn_detection.h"

#include <QJsonValue>

#include <cmath>
#include <optional>

namespace server::core {

namespace {

using std::chrono::milliseconds;

QString toText(Eagerness eagerness)
{
    switch (eagerness) {
    case Eagerness::Low:
        return QStringLiteral("low");
    case Eagerness::Medium:
        return QStringLiteral("medium");
    case Eagerness::High:
        return QStringLiteral("high");
    case Eagerness::Auto:
        return QStringLiteral("auto");
    }
    return {};
}

QString toText(TurnDetection::Type type)
{
    return type == TurnDetection::Type::Server ? QStringLiteral("server_vad")
                                               : QStringLiteral("semantic_vad");
}

tl::unexpected<base::Error> wrong(const char *field, const QString &rule)
{
    return base::fail(base::Fault::Unprocessable,
                      QStringLiteral("%1 %2").arg(QLatin1String(field), rule));
}

base::Result<TurnDetection::Type> readType(const QJsonValue &value)
{
    for (const auto type : {TurnDetection::Type::Server, TurnDetection::Type::Semantic}) {
        if (value.toString() == toText(type))
            return type;
    }
    return wrong("vad_type", QStringLiteral("must be server_vad or semantic_vad"));
}

base::Result<Eagerness> readEagerness(const QJsonValue &value)
{
    if (value.isUndefined())
        return Eagerness::Auto;
    for (const auto eagerness :
         {Eagerness::Low, Eagerness::Medium, Eagerness::High, Eagerness::Auto}) {
        if (value.toString() == toText(eagerness))
            return eagerness;
    }
    return wrong("eagerness", QStringLiteral("must be low, medium, high or auto"));
}

base::Result<double> readThreshold(const QJsonValue &value, double fallback)
{
    const double number = value.isUndefined() ? fallback : value.toDouble(-1);
    if (!(number >= 0 && number <= 1))
        return wrong("threshold", QStringLiteral("must be a number from 0 to 1"));
    return number;
}

struct Bounds
{
    const char *field;
    int least;
    int most;
};

base::Result<milliseconds> readMillis(const QJsonObject &settings, const Bounds &bounds,
                                      milliseconds fallback)
{
    const QJsonValue value = settings.value(QLatin1String(bounds.field));
    if (value.isUndefined())
        return fallback;
    const double number = value.toDouble(-1);
    if (!(number >= bounds.least && number <= bounds.most) || std::floor(number) != number) {
        return wrong(bounds.field, QStringLiteral("must be a whole number from %1 to %2")
                                       .arg(bounds.least)
                                       .arg(bounds.most));
    }
    return milliseconds(int(number));
}

} // namespace

QJsonObject TurnDetection::toJson() const
{
    QJsonObject json{{QStringLiteral("type"), toText(type)},
                     {QStringLiteral("create_response"), true},
                     {QStringLiteral("interrupt_response"), true}};
    if (type == Type::Semantic) {
        json.insert(QStringLiteral("eagerness"), toText(eagerness));
        return json;
    }
    json.insert(QStringLiteral("threshold"), threshold);
    json.insert(QStringLiteral("prefix_padding_ms"), qint64(prefixPadding.count()));
    json.insert(QStringLiteral("silence_duration_ms"), qint64(silenceDuration.count()));
    return json;
}

base::Result<TurnDetection> TurnDetection::fromSettings(const QJsonObject &settings)
{
    TurnDetection detection;
    const auto type = readType(settings.value(QLatin1String("vad_type")));
    if (!type)
        return base::failed(type);
    const auto eagerness = readEagerness(settings.value(QLatin1String("eagerness")));
    if (!eagerness)
        return base::failed(eagerness);
    const auto threshold =
        readThreshold(settings.value(QLatin1String("threshold")), detection.threshold);
    if (!threshold)
        return base::failed(threshold);
    const auto prefix =
        readMillis(settings, {"prefix_padding_ms", 0, 2000}, detection.prefixPadding);
    if (!prefix)
        return base::failed(prefix);
    const auto silence =
        readMillis(settings, {"silence_duration_ms", 100, 5000}, detection.silenceDuration);
    if (!silence)
        return base::failed(silence);

    detection.type = *type;
    detection.eagerness = *eagerness;
    detection.threshold = *threshold;
    detection.prefixPadding = *prefix;
    detection.silenceDuration = *silence;
    return detection;
}

QJsonObject TurnDetection::toSettings() const
{
    return {{QStringLiteral("vad_type"), toText(type)},
            {QStringLiteral("eagerness"), toText(eagerness)},
            {QStringLiteral("threshold"), threshold},
            {QStringLiteral("prefix_padding_ms"), qint64(prefixPadding.count())},
            {QStringLiteral("silence_duration_ms"), qint64(silenceDuration.count())}};
}

} // namespace server::core
