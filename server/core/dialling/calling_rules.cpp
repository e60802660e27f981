#include "server/core/dialling/calling_rules.h"

namespace server::core {

namespace {

constexpr qint64 kSearchSeconds = 2LL * 24 * 3600;
const QString kClock = QStringLiteral("HH:mm");

/// The end of the quiet hours that `at` lies in; `at` itself when it lies in none.
QDateTime quietEnd(const QuietHours &hours, const QTimeZone &zone, const QDateTime &at)
{
    const QDateTime local = at.toTimeZone(zone);
    const QTime clock = local.time();
    const bool passesMidnight = hours.from > hours.to;
    const bool isQuiet = passesMidnight ? clock >= hours.from || clock < hours.to
                                        : clock >= hours.from && clock < hours.to;
    if (!isQuiet)
        return at;
    const bool endsTomorrow = passesMidnight && clock >= hours.from;
    const QDateTime end(local.date().addDays(endsTomorrow ? 1 : 0), hours.to, zone);
    // A time that daylight saving leaves out, or that comes twice.
    return end.isValid() && end > at ? end.toUTC() : at.addSecs(3600);
}

} // namespace

QString toText(RecordingConsent consent)
{
    switch (consent) {
    case RecordingConsent::None:
        return QStringLiteral("none");
    case RecordingConsent::Announce:
        return QStringLiteral("announce");
    case RecordingConsent::Off:
        return QStringLiteral("off");
    }
    return {};
}

std::optional<RecordingConsent> recordingConsentFromText(const QString &text)
{
    for (const auto consent :
         {RecordingConsent::None, RecordingConsent::Announce, RecordingConsent::Off}) {
        if (text == toText(consent))
            return consent;
    }
    return std::nullopt;
}

QString clockText(QTime time)
{
    return time.toString(kClock);
}

QTime clockFromText(const QString &text)
{
    return QTime::fromString(text, kClock);
}

QJsonObject toJson(const CallingRules &rules)
{
    const auto clock = [&](QTime QuietHours::*end) {
        return rules.quietHours ? QJsonValue(clockText(*rules.quietHours.*end)) : QJsonValue();
    };
    const auto count = [](std::optional<int> limit) {
        return limit ? QJsonValue(*limit) : QJsonValue();
    };
    return {{QStringLiteral("quiet_hours_start"), clock(&QuietHours::from)},
            {QStringLiteral("quiet_hours_end"), clock(&QuietHours::to)},
            {QStringLiteral("time_zone"), rules.timeZone},
            {QStringLiteral("calls_per_number_day"), count(rules.targetCallsPerDay)},
            {QStringLiteral("calls_per_number_week"), count(rules.targetCallsPerWeek)},
            {QStringLiteral("ai_disclosure"), toText(rules.aiDisclosure)},
            {QStringLiteral("recording_consent"), toText(rules.recordingConsent)}};
}

QDateTime allowedFrom(const QuietHours &hours, const QList<QTimeZone> &zones, const QDateTime &at)
{
    QDateTime time = at;
    for (bool hasMoved = true; hasMoved;) {
        hasMoved = false;
        for (const QTimeZone &zone : zones) {
            const QDateTime end = quietEnd(hours, zone, time);
            hasMoved = hasMoved || end > time;
            time = end;
        }
        if (at.secsTo(time) > kSearchSeconds)
            return allowedFrom(hours, zones.first(1), at);
    }
    return time;
}

} // namespace server::core
