// Where numbers are at home.
#include "server/core/dialling/calling_tables.h"

#include <QTest>

using namespace server::core;

class NumberPlaceTest : public QObject
{
    Q_OBJECT
private slots:
    void numbersAreAtHomeSomewhere_data();
    void numbersAreAtHomeSomewhere();
    void mistakesInTheTableAreNamed_data();
    void mistakesInTheTableAreNamed();
};

void NumberPlaceTest::numbersAreAtHomeSomewhere_data()
{
    QTest::addColumn<QString>("number");
    QTest::addColumn<QString>("country");
    QTest::addColumn<QString>("region");
    QTest::addColumn<QByteArray>("zone"); // one of them; empty: none is known
    const auto row = [](const char *name, const char *number, const char *country,
                        const char *region, const char *zone) {
        QTest::newRow(name) << QString::fromLatin1(number) << QString::fromLatin1(country)
                            << QString::fromLatin1(region) << QByteArray(zone);
    };
    row("San Francisco", "+14155550123", "US", "US-CA", "America/Los_Angeles");
    row("Manhattan", "+12125550123", "US", "US-NY", "America/New_York");
    row("El Paso", "+19155550123", "US", "US-TX", "America/Denver");
    row("Austin", "+15125550123", "US", "US-TX", "America/Chicago");
    row("Phoenix", "+16025550123", "US", "US-AZ", "America/Phoenix");
    row("Pensacola", "+18505550123", "US", "US-FL", "America/Chicago");
    row("Toronto", "+14165550123", "CA", "CA-ON", "America/Toronto");
    row("San Juan", "+17875550123", "PR", "", "America/Puerto_Rico");
    row("toll-free", "+18005550123", "US", "", "");
    row("Kingston", "+18769221234", "JM", "", "America/Jamaica");
    row("London", "+442079460018", "GB", "", "Europe/London");
    row("Berlin", "+493012345678", "DE", "", "Europe/Berlin");
    row("Tokyo", "+81312345678", "JP", "", "Asia/Tokyo");
    row("Sydney", "+61293744000", "AU", "", "Australia/Sydney");
    row("hidden", "unknown", "", "", "");
    row("nothing", "", "", "", "");
}

void NumberPlaceTest::numbersAreAtHomeSomewhere()
{
    static const auto tables = CallingTables::builtin();
    QVERIFY2(tables.has_value(), qPrintable(tables ? QString() : tables.error().message));
    QFETCH(QString, number);
    QFETCH(QByteArray, zone);
    const NumberPlace place = tables->places.placeOf(number);
    QTEST(place.country, "country");
    QTEST(place.region, "region");
    QCOMPARE(place.zones.isEmpty(), zone.isEmpty());
    if (!zone.isEmpty())
        QVERIFY(place.zones.contains(QTimeZone(zone)));
}

void NumberPlaceTest::mistakesInTheTableAreNamed_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QString>("word");
    QTest::newRow("nothing") << QByteArray("{}") << QStringLiteral("none");
    QTest::newRow("zone") << QByteArray(
        R"({"areas":[{"place":"US-CA","zones":["Mars/Base"],"codes":"415"}]})")
                          << QStringLiteral("Mars/Base");
    QTest::newRow("no zone") << QByteArray(
        R"({"areas":[{"place":"US-CA","zones":[],"codes":"415"}]})")
                             << QStringLiteral("US-CA");
    QTest::newRow("twice") << QByteArray(
        R"({"areas":[{"place":"US-CA","zones":["UTC"],"codes":"415 415"}]})")
                           << QStringLiteral("415");
}

void NumberPlaceTest::mistakesInTheTableAreNamed()
{
    QFETCH(QByteArray, json);
    QFETCH(QString, word);
    const auto places = NumberPlaces::load(json);
    QVERIFY(!places);
    QVERIFY2(places.error().message.contains(word), qPrintable(places.error().message));
}

QTEST_APPLESS_MAIN(NumberPlaceTest)
#include "tst_number_place.moc"
