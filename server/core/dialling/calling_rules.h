// How one account wants its calls made.
#pragma once

#include "server/core/scenarios/ai_disclosure.h"
#include "shared/base/ids.h"

#include <QDateTime>
#include <QJsonObject>
#include <QList>
#include <QTimeZone>

#include <optional>

namespace server::core {

/// What the other side is told of a recording, and whether there is one.
enum class RecordingConsent {
    None,     ///< recorded as the service is set up; nothing is said of it
    Announce, ///< the agent's first sentence says so
    Off       ///< not recorded, neither here nor at the phone network
};

/// "none", "announce" or "off".
QString toText(RecordingConsent consent);
std::optional<RecordingConsent> recordingConsentFromText(const QString &text);

/// From `from` to `to` by the clock of the place that is called; `to` may be on the next day.
/// INVARIANT: they differ.
struct QuietHours
{
    QTime from;
    QTime to;
    bool operator==(const QuietHours &) const = default;
};

/// The rules of an account; as they stand here where it has set none.
struct CallingRules
{
    base::UserId owner;
    std::optional<QuietHours> quietHours; ///< none: it may call at any time
    /// IANA name: the clock for numbers whose place does not tell theirs.
    QString timeZone = QStringLiteral("America/Denver");
    std::optional<int> targetCallsPerDay;  ///< to one number, in 24 hours; none: the service's cap
    std::optional<int> targetCallsPerWeek; ///< in 7 days
    AiDisclosure aiDisclosure = AiDisclosure::ByNumber;
    RecordingConsent recordingConsent = RecordingConsent::None;
};

/// As their owner sees and sets them.
QJsonObject toJson(const CallingRules &rules);

/// "21:30", the form of quiet hours outside.
QString clockText(QTime time);
/// Invalid for anything else.
QTime clockFromText(const QString &text);

/// When it is next not quiet in any of the zones: `at` itself where it is not quiet then. A number
/// that may be in several zones has its peace in all of them; should that leave no time at all,
/// the first zone decides.
QDateTime allowedFrom(const QuietHours &hours, const QList<QTimeZone> &zones, const QDateTime &at);

} // namespace server::core
