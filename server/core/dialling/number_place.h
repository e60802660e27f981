// Where a telephone number is at home.
#pragma once

#include "shared/base/result.h"

#include <QByteArray>
#include <QHash>
#include <QList>
#include <QString>
#include <QStringList>
#include <QTimeZone>

namespace server::core {

/// A guess from the number alone: people take their mobile numbers along.
struct NumberPlace
{
    QString country;        ///< ISO 3166-1, such as "US"; empty: unknown
    QString region;         ///< ISO 3166-2, such as "US-CA"; empty where the number does not tell
    QList<QTimeZone> zones; ///< all that it may be in; empty: unknown
};

/// Looks numbers up: North American ones by their area code, others by their country. Never changed
/// once made; any thread.
class NumberPlaces final
{
public:
    /// `{"areas": [{"place", "zones": [], "codes": "205 251"}]}`. Fault::Invalid names what is
    /// wrong.
    static base::Result<NumberPlaces> load(const QByteArray &json);

    /// `number` in E.164; anything else is a place of which nothing is known.
    NumberPlace placeOf(const QString &number) const;

private:
    QHash<QString, NumberPlace> m_areas; ///< by three digits
};

} // namespace server::core
