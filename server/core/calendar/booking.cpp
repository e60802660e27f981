#include "server/core/calendar/booking.h"

#include <QCryptographicHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QSet>

namespace server::core {

namespace {

/// How old a confirmation must be before a list without its event means that somebody deleted it:
/// more than calendars need to show what was written, and than clocks of servers differ.
constexpr qint64 kSettledSeconds = 60;

/// Case and spacing tell nobody apart.
QString folded(const QString &text)
{
    return text.simplified().toCaseFolded();
}

/// RFC 4648 section 7, in lower case, without padding.
QString toBase32Hex(const QByteArray &bytes)
{
    constexpr const char *digits = "0123456789abcdefghijklmnopqrstuv";
    QString text;
    unsigned buffer = 0;
    int bits = 0;
    for (const char byte : bytes) {
        buffer = (buffer << 8U) | static_cast<unsigned char>(byte);
        bits += 8;
        while (bits >= 5) {
            bits -= 5;
            text.append(QLatin1Char(digits[(buffer >> unsigned(bits)) & 31U]));
        }
    }
    return text;
}

} // namespace

QByteArray hashOf(base::UserId owner, const BookingRequest &request, const TimeRange &range)
{
    const QJsonArray identity{owner.value,
                              range.start.toMSecsSinceEpoch(),
                              range.end.toMSecsSinceEpoch(),
                              folded(request.summary),
                              folded(request.customerName),
                              folded(request.customerPhone),
                              folded(request.attendeeEmail),
                              request.call.value};
    return QCryptographicHash::hash(QJsonDocument(identity).toJson(QJsonDocument::Compact),
                                    QCryptographicHash::Sha256);
}

QString eventIdOf(const QByteArray &requestHash, int generation)
{
    constexpr int bytes = 20; // 32 letters, without a rest
    const QByteArray seed = requestHash + QByteArray::number(generation);
    return toBase32Hex(QCryptographicHash::hash(seed, QCryptographicHash::Sha256).left(bytes));
}

QString descriptionOf(const BookingRequest &request)
{
    QStringList lines{QStringLiteral("Appointment set by the voice agent.")};
    const auto add = [&lines](const QString &label, const QString &value) {
        if (!value.isEmpty())
            lines.append(label + value);
    };
    add(QStringLiteral("Name: "), request.customerName);
    add(QStringLiteral("Phone: "), request.customerPhone);
    add(QStringLiteral("Notes: "), request.notes);
    return lines.join(QLatin1Char('\n'));
}

std::vector<TimeRange> Occupancy::ranges() const
{
    std::vector<TimeRange> all;
    all.reserve(events.size() + reservations.size());
    for (const CalendarEvent &event : events)
        all.push_back(event.range);
    for (const Reservation &reservation : reservations)
        all.push_back(reservation.range);
    return all;
}

Occupancy occupancyOf(const std::vector<CalendarEvent> &listed, const QDateTime &listedAt,
                      const std::vector<Reservation> &reservations, const TimeRange &range)
{
    Occupancy occupancy;
    QSet<QString> ids;
    for (const CalendarEvent &event : listed) {
        ids.insert(event.id);
        if (event.isBusy && event.range.overlaps(range))
            occupancy.events.push_back(event);
    }
    for (const Reservation &reservation : reservations) {
        const bool counts = reservation.isConfirmed
                                ? reservation.confirmedAt.addSecs(kSettledSeconds) > listedAt
                                : reservation.expiresAt > listedAt;
        if (counts && reservation.range.overlaps(range) && !ids.contains(reservation.eventId))
            occupancy.reservations.push_back(reservation);
    }
    return occupancy;
}

} // namespace server::core
