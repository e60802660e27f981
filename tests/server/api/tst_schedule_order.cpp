// When a client wants its call: the times it may write, and what they mean.
#include "server/api/schedule_api.h"

#include <QJsonDocument>
#include <QObject>
#include <QTest>
#include <QUrl>

using namespace server;

class ScheduleOrderTest : public QObject
{
    Q_OBJECT
private slots:
    void timesBecomeInstants_data();
    void timesBecomeInstants();
    void aMissingTimeMayHaveAFallback();
};

void ScheduleOrderTest::timesBecomeInstants_data()
{
    QTest::addColumn<QString>("written");
    QTest::addColumn<QString>("instant"); // as it is answered; empty: refused
    const auto row = [](const char *name, const char *written, const char *instant) {
        QTest::newRow(name) << QString::fromLatin1(written) << QString::fromLatin1(instant);
    };
    row("UTC", "2026-03-01T12:00:00Z", "2026-03-01T12:00:00Z");
    row("without a zone is UTC", "2026-03-01T12:00:00", "2026-03-01T12:00:00Z");
    row("with fractions, as iOS writes", "2026-03-01T12:00:00.250Z", "2026-03-01T12:00:00Z");
    row("west of Greenwich", "2026-03-01T12:00:00-07:00", "2026-03-01T19:00:00Z");
    row("east of Greenwich", "2026-03-01T12:00:00+05:30", "2026-03-01T06:30:00Z");
    row("over midnight", "2026-03-01T23:30:00-02:00", "2026-03-02T01:30:00Z");
    row("a word", "tomorrow", "");
    row("no such day", "2026-02-30T12:00:00Z", "");
    row("nothing", "", "");
}

void ScheduleOrderTest::timesBecomeInstants()
{
    QFETCH(QString, written);
    QFETCH(QString, instant);
    http::Request request;
    request.method = http::Method::Post;
    request.headers = {{"content-type", "application/json"}};
    request.body =
        QJsonDocument(QJsonObject{{QStringLiteral("phone_number"), QStringLiteral("4155550123")},
                                  {QStringLiteral("scheduled_time"), written}})
            .toJson();
    const auto inBody = api::scheduleOrder(request, {});
    http::Request older;
    older.method = http::Method::Post;
    older.query =
        "phone_number=4155550123&scheduled_time=" + QUrl::toPercentEncoding(written).toStdString();
    const auto inQuery = api::scheduleOrder(older, {});
    if (instant.isEmpty()) {
        QCOMPARE(inBody.error().status, 422);
        QCOMPARE(inQuery.error().status, 422);
        return;
    }
    QVERIFY(inBody && inQuery);
    QCOMPARE(api::zonedTime(inBody->dueAt), instant);
    QCOMPARE(api::zonedTime(inQuery->dueAt), instant);
}

void ScheduleOrderTest::aMissingTimeMayHaveAFallback()
{
    http::Request request;
    request.method = http::Method::Post;
    request.headers = {{"content-type", "application/json"}};
    request.body = R"({"phone_number":"4155550123"})";
    QCOMPARE(api::scheduleOrder(request, {}).error().status, 422);
    const QDateTime soon =
        QDateTime::fromString(QStringLiteral("2026-03-01T12:01:00Z"), Qt::ISODate);
    const auto order = api::scheduleOrder(request, soon);
    QVERIFY(order.has_value());
    QCOMPARE(order->dueAt, soon);
    QCOMPARE(order->scenario, QStringLiteral("default"));
}

QTEST_APPLESS_MAIN(ScheduleOrderTest)
#include "tst_schedule_order.moc"
