#include "server/core/dialling/number_place.h"

#include "server/core/numbers/phone_number.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLocale>

namespace server::core {

using base::Fault;
using base::Result;

namespace {

constexpr qsizetype kCountryLetters = 2;
constexpr qsizetype kAreaDigits = 3;

Result<NumberPlace> toPlace(const QJsonObject &area)
{
    NumberPlace place;
    const QString name = area.value(QLatin1String("place")).toString();
    place.country = name.left(kCountryLetters);
    if (name.size() > kCountryLetters)
        place.region = name;
    for (const auto &value : area.value(QLatin1String("zones")).toArray()) {
        const QTimeZone zone(value.toString().toUtf8());
        if (!zone.isValid())
            return base::fail(Fault::Invalid,
                              QStringLiteral("areas: '%1' is no time zone").arg(value.toString()));
        place.zones.append(zone);
    }
    if (place.country.size() != kCountryLetters || place.zones.isEmpty())
        return base::fail(Fault::Invalid, QStringLiteral("areas: '%1' is no place").arg(name));
    return place;
}

} // namespace

Result<NumberPlaces> NumberPlaces::load(const QByteArray &json)
{
    NumberPlaces places;
    const QJsonArray areas =
        QJsonDocument::fromJson(json).object().value(QLatin1String("areas")).toArray();
    for (const auto &value : areas) {
        const QJsonObject area = value.toObject();
        const auto place = toPlace(area);
        if (!place)
            return failed(place);
        const QStringList codes =
            area.value(QLatin1String("codes")).toString().split(QLatin1Char(' '));
        for (const QString &code : codes) {
            if (code.size() != kAreaDigits || places.m_areas.contains(code))
                return base::fail(
                    Fault::Invalid,
                    QStringLiteral("areas: '%1' is no area code or stands twice").arg(code));
            places.m_areas.insert(code, *place);
        }
    }
    if (places.m_areas.isEmpty())
        return base::fail(Fault::Invalid, QStringLiteral("areas: there are none"));
    return places;
}

NumberPlace NumberPlaces::placeOf(const QString &number) const
{
    if (number.startsWith(QLatin1String("+1"))) {
        const auto area = m_areas.constFind(number.mid(2, kAreaDigits));
        if (area != m_areas.constEnd())
            return *area;
    }
    NumberPlace place;
    place.country = PhoneNumber::countryOf(number);
    // North American numbers without an area of ours may be anywhere, toll-free ones for example.
    if (place.country.isEmpty() || place.country == QLatin1String("US")
        || place.country == QLatin1String("CA"))
        return place;
    const auto names = QTimeZone::availableTimeZoneIds(QLocale::codeToTerritory(place.country));
    for (const QByteArray &name : names)
        place.zones.append(QTimeZone(name));
    return place;
}

} // namespace server::core
