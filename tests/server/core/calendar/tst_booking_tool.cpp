// Booking as the model's tool: the declaration, the arguments, the answers.
#include "server/core/calendar/booking_tool.h"
#include "tests/server/core/calendar/booking_rig.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace server::core;
using namespace tests;

namespace {

const char *const kArguments =
    R"({"summary":" Haircut ","start_iso":"2026-03-02T14:00:00-07:00",)"
    R"("end_iso":"2026-03-02T15:00:00-07:00","customer_name":"Zoë","user_id":99,"notes":null})";

QJsonObject run(Rig &rig, const QString &arguments)
{
    const QString text = runBookingTool(rig.service, owner, base::CallId{3}, arguments);
    return QJsonDocument::fromJson(text.toUtf8()).object();
}

QString textAt(const QJsonObject &object, const char *key)
{
    return object.value(QLatin1String(key)).toString();
}

} // namespace

class BookingToolTest : public QObject
{
    Q_OBJECT
private slots:
    void declaresItself();
    void readsArguments();
    void namesEveryWrongField_data();
    void namesEveryWrongField();
    void answersCreated();
    void answersConflicts();
    void answersErrors_data();
    void answersErrors();
};

void BookingToolTest::declaresItself()
{
    const QJsonObject tool = bookingTool();
    QCOMPARE(textAt(tool, "type"), QStringLiteral("function"));
    QCOMPARE(textAt(tool, "name"), QStringLiteral("createCalendarEvent"));
    QVERIFY(!textAt(tool, "description").isEmpty());
    const QJsonObject parameters = tool.value(QLatin1String("parameters")).toObject();
    QCOMPARE(textAt(parameters, "type"), QStringLiteral("object"));
    QCOMPARE(parameters.value(QLatin1String("required")).toArray(),
             (QJsonArray{QStringLiteral("summary"), QStringLiteral("start_iso"),
                         QStringLiteral("end_iso")}));
    const QJsonObject properties = parameters.value(QLatin1String("properties")).toObject();
    const QStringList names{QStringLiteral("attendee_email"), QStringLiteral("customer_name"),
                            QStringLiteral("customer_phone"), QStringLiteral("end_iso"),
                            QStringLiteral("location"),       QStringLiteral("notes"),
                            QStringLiteral("start_iso"),      QStringLiteral("summary"),
                            QStringLiteral("timezone")};
    QCOMPARE(properties.keys(), names);
    for (const QString &name : names)
        QCOMPARE(textAt(properties.value(name).toObject(), "type"), QStringLiteral("string"));
}

void BookingToolTest::readsArguments()
{
    const auto request = bookingRequestOf(QJsonDocument::fromJson(kArguments).object());
    QVERIFY(request);
    QCOMPARE(request->summary, QStringLiteral("Haircut"));
    QCOMPARE(request->start, QStringLiteral("2026-03-02T14:00:00-07:00"));
    QCOMPARE(request->customerName, QStringLiteral("Zoë"));
    QVERIFY(request->notes.isEmpty() && request->timeZone.isEmpty());
    QVERIFY(!request->call.isValid());
}

void BookingToolTest::namesEveryWrongField_data()
{
    QTest::addColumn<QString>("change"); // of one member
    QTest::addColumn<QString>("error");
    const auto row = [](const char *name, const QString &change, const char *error) {
        QTest::newRow(name) << change << QString::fromLatin1(error);
    };
    row("no summary", QStringLiteral(R"("summary":null)"), "summary is required");
    row("blank summary", QStringLiteral(R"("summary":"  ")"), "summary is required");
    row("a number", QStringLiteral(R"("start_iso":20260302)"), "start_iso must be a text");
    row("an object", QStringLiteral(R"("notes":{})"), "notes must be a text");
    row("too long", QStringLiteral(R"("notes":"%1")").arg(QString(4001, QLatin1Char('n'))),
        "notes must have at most 4000 characters");
    row("NUL", QStringLiteral(R"("location":"a\u0000b")"),
        "location must not contain a NUL character");
    row("no address", QStringLiteral(R"("attendee_email":"zoe at example")"),
        "attendee_email is not an e-mail address");
    row("two", QStringLiteral(R"("start_iso":"","end_iso":7)"),
        "start_iso is required; end_iso must be a text");
}

void BookingToolTest::namesEveryWrongField()
{
    QFETCH(QString, change);
    QFETCH(QString, error);
    Rig rig;
    QJsonObject arguments = QJsonDocument::fromJson(kArguments).object();
    const QJsonObject changes =
        QJsonDocument::fromJson((QLatin1Char('{') + change + QLatin1Char('}')).toUtf8()).object();
    QVERIFY(!changes.isEmpty());
    for (auto it = changes.begin(); it != changes.end(); ++it)
        arguments.insert(it.key(), it.value());
    const QJsonObject answer =
        run(rig, QString::fromUtf8(QJsonDocument(arguments).toJson(QJsonDocument::Compact)));
    QCOMPARE(textAt(answer, "status"), QStringLiteral("error"));
    QCOMPARE(textAt(answer, "error"), error);
    QVERIFY(rig.calendar.all().empty());
}

void BookingToolTest::answersCreated()
{
    Rig rig;
    const QJsonObject answer = run(rig, QString::fromUtf8(kArguments));
    QCOMPARE(answer.keys(), (QStringList{QStringLiteral("end"), QStringLiteral("formatted_time"),
                                         QStringLiteral("htmlLink"), QStringLiteral("id"),
                                         QStringLiteral("message"), QStringLiteral("start"),
                                         QStringLiteral("status"), QStringLiteral("summary")}));
    QCOMPARE(textAt(answer, "status"), QStringLiteral("created"));
    QCOMPARE(textAt(answer, "id"), rig.calendar.all().front().id);
    QCOMPARE(textAt(answer, "htmlLink"), rig.calendar.all().front().htmlLink);
    QCOMPARE(textAt(answer, "start"), QStringLiteral("2026-03-02T14:00:00-07:00"));
    QCOMPARE(textAt(answer, "end"), QStringLiteral("2026-03-02T15:00:00-07:00"));
    QCOMPARE(textAt(answer, "formatted_time"), QStringLiteral("Monday, March 02 at 02:00 PM"));
    QCOMPARE(textAt(answer, "message"),
             QStringLiteral("'Haircut' is booked for Monday, March 02 at 02:00 PM."));
}

void BookingToolTest::answersConflicts()
{
    Rig rig;
    rig.calendar.put(eventOf(QStringLiteral("a"), hourFrom("2026-03-02T21:00:00Z")));
    const QJsonObject answer = run(rig, QString::fromUtf8(kArguments));
    QCOMPARE(textAt(answer, "status"), QStringLiteral("conflict"));
    QCOMPARE(textAt(answer, "error"), QStringLiteral("Time slot is not available"));
    QCOMPARE(textAt(answer, "booking_policy"), QStringLiteral("strict"));
    QCOMPARE(answer.value(QLatin1String("current_bookings")), QJsonValue(1));
    QCOMPARE(answer.value(QLatin1String("max_concurrent_bookings")), QJsonValue(1));
    QCOMPARE(answer.value(QLatin1String("conflicting_events")).toArray(),
             (QJsonArray{QStringLiteral("'Event a' at 2026-03-02T21:00:00Z")}));
    const QJsonArray times = answer.value(QLatin1String("suggested_times")).toArray();
    QCOMPARE(times.size(), 3);
    QCOMPARE(times.first().toObject(),
             (QJsonObject{{QStringLiteral("start"), QStringLiteral("2026-03-02T13:00:00-07:00")},
                          {QStringLiteral("end"), QStringLiteral("2026-03-02T14:00:00-07:00")},
                          {QStringLiteral("formatted_time"),
                           QStringLiteral("Monday, March 02 at 01:00 PM")}}));
    QVERIFY(textAt(answer, "message").contains(QLatin1String("Monday, March 02 at 03:00 PM")));

    // The one that the caller picks is booked.
    QJsonObject again = QJsonDocument::fromJson(kArguments).object();
    again.insert(QLatin1String("start_iso"),
                 times.first().toObject().value(QLatin1String("start")));
    again.insert(QLatin1String("end_iso"), times.first().toObject().value(QLatin1String("end")));
    QCOMPARE(textAt(run(rig, QString::fromUtf8(QJsonDocument(again).toJson())), "status"),
             QStringLiteral("created"));
}

void BookingToolTest::answersErrors_data()
{
    QTest::addColumn<QString>("arguments");
    QTest::addColumn<bool>("isConnected");
    QTest::addColumn<QString>("error");
    QTest::newRow("not JSON") << QStringLiteral("{'summary':") << true
                              << QStringLiteral("The arguments are not a JSON object.");
    QTest::newRow("no object") << QStringLiteral("[1]") << true
                               << QStringLiteral("The arguments are not a JSON object.");
    QTest::newRow("nothing") << QString() << true
                             << QStringLiteral("The arguments are not a JSON object.");
    QTest::newRow("no calendar") << QString::fromUtf8(kArguments) << false
                                 << QStringLiteral("No Google Calendar access configured");
}

void BookingToolTest::answersErrors()
{
    QFETCH(QString, arguments);
    QFETCH(bool, isConnected);
    QFETCH(QString, error);
    Rig rig;
    rig.calendar.connected = isConnected;
    QCOMPARE(run(rig, arguments), (QJsonObject{{QStringLiteral("status"), QStringLiteral("error")},
                                               {QStringLiteral("error"), error}}));
}

QTEST_GUILESS_MAIN(BookingToolTest)
#include "tst_booking_tool.moc"
