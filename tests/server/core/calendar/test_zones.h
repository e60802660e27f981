// Zones of every kind, and when they change.
#pragma once

#include <QStringList>
#include <QTimeZone>

#include <vector>

namespace tests {

/// Whole, half and quarter hours; north, south and neither; half-hour saving, negative saving,
/// changes at midnight, by the moon, abolished, and a day left out.
inline QStringList zoneNames()
{
    return {QStringLiteral("America/Denver"),      QStringLiteral("America/New_York"),
            QStringLiteral("America/St_Johns"),    QStringLiteral("America/Sao_Paulo"),
            QStringLiteral("America/Havana"),      QStringLiteral("Europe/Paris"),
            QStringLiteral("Europe/Dublin"),       QStringLiteral("Africa/Casablanca"),
            QStringLiteral("Africa/Cairo"),        QStringLiteral("Asia/Kathmandu"),
            QStringLiteral("Asia/Kolkata"),        QStringLiteral("Asia/Beirut"),
            QStringLiteral("Australia/Lord_Howe"), QStringLiteral("Pacific/Apia"),
            QStringLiteral("Pacific/Chatham"),     QStringLiteral("UTC")};
}

/// The changes of a zone that concern us: of past years with odd ones, and of years to come. For a
/// zone that never changes: one day.
inline std::vector<QDateTime> interestingInstants(const QTimeZone &zone)
{
    std::vector<QDateTime> found;
    for (const auto &[from, to] :
         {std::pair(2011, 2013), std::pair(2017, 2019), std::pair(2026, 2028)}) {
        for (const auto &change : zone.transitions(QDateTime({from, 1, 1}, {}, Qt::UTC),
                                                   QDateTime({to, 1, 1}, {}, Qt::UTC)))
            found.push_back(change.atUtc.toUTC());
    }
    if (found.empty())
        found.push_back(QDateTime({2026, 6, 1}, QTime(12, 0), Qt::UTC));
    return found;
}

} // namespace tests
