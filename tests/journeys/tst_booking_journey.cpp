// Appointments over HTTP: booked, refused with other times, and never one too many.
#include "tests/journeys/calendar_steps.h"

#include <QObject>
#include <QTcpSocket>
#include <QTest>

#include <memory>

using namespace tests;
using Kind = sandbox::GoogleFault::Kind;

namespace {

const QString kTool = u"/tools/createCalendarEvent"_s;
const QString kConfig = u"/booking/config"_s;
constexpr int kAtOnce = 50;

QJsonObject order(const Owner &owner, const QString &summary, const QString &start,
                  const QString &end)
{
    return {{u"user_id"_s, owner.id()},
            {u"summary"_s, summary},
            {u"start_iso"_s, start},
            {u"end_iso"_s, end},
            {u"customer_name"_s, u"Ann O'Neill"_s},
            {u"customer_phone"_s, u"+14155550123"_s}};
}

QJsonObject policy(const QString &rule, int employees, int most)
{
    return {{u"booking_policy"_s, rule},
            {u"employee_count"_s, employees},
            {u"max_concurrent_bookings"_s, most}};
}

/// Sends every order on a connection of its own, all at once; the answers' bodies.
QList<QJsonObject> sendAtOnce(Stage &stage, const Owner &owner, const QList<QJsonObject> &orders)
{
    const QUrl server = stage.server().url();
    std::vector<std::unique_ptr<QTcpSocket>> sockets;
    for (const QJsonObject &one : orders) {
        const QByteArray body = QJsonDocument(one).toJson(QJsonDocument::Compact);
        auto socket = std::make_unique<QTcpSocket>();
        socket->connectToHost(server.host(), quint16(server.port()));
        socket->write(
            "POST " + kTool.toLatin1()
            + " HTTP/1.1\r\nHost: localhost\r\n"
              "Connection: close\r\nContent-Type: application/json\r\nAuthorization: Bearer "
            + owner.token().toLatin1() + "\r\nContent-Length: " + QByteArray::number(body.size())
            + "\r\n\r\n" + body);
        sockets.push_back(std::move(socket));
    }
    QList<QJsonObject> answers;
    for (const auto &socket : sockets) {
        if (!QTest::qWaitFor([&] { return socket->state() == QAbstractSocket::UnconnectedState; },
                             120'000))
            return {};
        const QByteArray answer = socket->readAll();
        QJsonObject body =
            QJsonDocument::fromJson(answer.mid(answer.indexOf("\r\n\r\n") + 4)).object();
        body.insert(u"http"_s, answer.mid(9, 3).toInt());
        answers.append(body);
    }
    return answers;
}

int countOf(const QList<QJsonObject> &answers, const QString &status)
{
    return int(std::count_if(answers.begin(), answers.end(), [&](const QJsonObject &answer) {
        return answer[u"http"_s].toInt() == 200 && answer[u"status"_s].toString() == status;
    }));
}

} // namespace

class BookingJourney : public QObject
{
    Q_OBJECT
private slots:
    void booksOnceAndOffersOtherTimes();
    void followsThePolicy();
    void refusesWhatIsNotOnes();
    void booksOnceThoughAnswersAreLost();
    void neverBooksOneTooMany_data();
    void neverBooksOneTooMany();
};

void BookingJourney::booksOnceAndOffersOtherTimes()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    auto &google = stage.sandbox().google();
    google.calendar().add(seed(u"Lunch"_s, at(12), at(13)));
    Owner ann(stage, u"ann"_s);
    const QJsonObject haircut = order(ann, u"Haircut"_s, at(10), at(11));
    const Answer before = ann.post(kTool, haircut);
    QCOMPARE(before.status, 400);
    QCOMPARE(detailOf(before), u"No Google Calendar access configured"_s);
    QCOMPARE(ann.connect().status, 200);

    const Answer made = ann.post(kTool, haircut);
    QCOMPARE(made.status, 200);
    QCOMPARE(textOf(made, "status"), u"created"_s);
    QCOMPARE(textOf(made, "start"), at(10));
    QCOMPARE(textOf(made, "formatted_time"),
             QLocale::c().toString(someMonday(), u"dddd, MMMM dd"_s) + u" at 10:00 AM"_s);
    QCOMPARE(google.calendar().all().size(), 2);
    const QJsonObject event = google.calendar().all().first();
    QCOMPARE(event[u"id"_s].toString(), textOf(made, "id"));
    QVERIFY(event[u"description"_s].toString().contains(u"Ann O'Neill"));
    QVERIFY(event[u"description"_s].toString().contains(u'\n'));
    QVERIFY(!event[u"description"_s].toString().contains(u"\\n"));
    QVERIFY(!event.contains(u"attendees"_s));

    // The same order again is the same appointment.
    QCOMPARE(textOf(ann.post(kTool, haircut), "id"), textOf(made, "id"));
    QCOMPARE(google.calendar().all().size(), 2);

    // Times without an offset are those of the zone that is named.
    QJsonObject naive = order(ann, u"Call"_s, someMonday().toString(Qt::ISODate) + u"T18:30:00"_s,
                              someMonday().toString(Qt::ISODate) + u"T19:00:00"_s);
    naive.insert(u"timezone"_s, u"Europe/London"_s);
    const QJsonObject taken = ann.post(kTool, naive).object();
    QCOMPARE(taken[u"status"_s].toString(), u"created"_s); // 11:30 in Denver

    const Answer refused = ann.post(kTool, order(ann, u"Colour"_s, at(10, 30), at(11, 30)));
    QCOMPARE(refused.status, 200);
    const QJsonObject conflict = refused.object();
    QCOMPARE(conflict[u"status"_s].toString(), u"conflict"_s);
    QCOMPARE(conflict[u"error"_s].toString(), u"Time slot is not available"_s);
    QCOMPARE(conflict[u"current_bookings"_s].toInt(), 1);
    QCOMPARE(conflict[u"max_concurrent_bookings"_s].toInt(), 1);
    QCOMPARE(conflict[u"booking_policy"_s].toString(), u"strict"_s);
    QCOMPARE(conflict[u"conflicting_events"_s].toArray().size(), 1);
    QVERIFY(conflict[u"conflicting_events"_s][0].toString().startsWith(u"'Haircut' at "));
    const QJsonArray suggested = conflict[u"suggested_times"_s].toArray();
    QCOMPARE(suggested.size(), 3);
    // Each of them can be booked.
    for (const auto &time : suggested) {
        const Answer booked = ann.post(
            kTool, order(ann, u"Colour"_s, time[u"start"_s].toString(), time[u"end"_s].toString()));
        QVERIFY2(textOf(booked, "status") == u"created", booked.body);
    }
    QCOMPARE(google.calendar().all().size(), 6);
    QCOMPARE(stage.sandbox().journal().breaches(), QStringList());
}

void BookingJourney::followsThePolicy()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    Owner ann(stage, u"ann"_s);
    QCOMPARE(ann.connect().status, 200);
    const QJsonObject usual = ann.get(kConfig).object();
    QCOMPARE(usual[u"employee_count"_s].toInt(), 1);
    QCOMPARE(usual[u"max_concurrent_bookings"_s].toInt(), 1);
    QCOMPARE(usual[u"booking_policy"_s].toString(), u"strict"_s);
    QCOMPARE(usual[u"allow_overbooking"_s], QJsonValue(false));
    QCOMPARE(usual[u"message"_s].toString(), u"Using default booking configuration"_s);

    const Answer strict = ann.put(kConfig, policy(u"strict"_s, 1, 2));
    QCOMPARE(strict.status, 400);
    QCOMPARE(detailOf(strict), u"Strict policy only allows 1 concurrent booking per time slot"_s);
    const Answer flexible = ann.put(kConfig, policy(u"flexible"_s, 2, 5));
    QCOMPARE(flexible.status, 400);
    QCOMPARE(detailOf(flexible), u"Flexible policy should not exceed 2x the number of employees"_s);
    for (const QJsonObject &wrong : {policy(u"loose"_s, 1, 1), policy(u"strict"_s, 0, 1),
                                     policy(u"unlimited"_s, 101, 1), policy(u"flexible"_s, 50, 51)})
        QCOMPARE(ann.put(kConfig, wrong).status, 422);

    const auto book = [&](const QString &who) {
        return textOf(ann.post(kTool, order(ann, who, at(10), at(11))), "status");
    };
    QCOMPARE(book(u"one"_s), u"created"_s);
    QCOMPARE(book(u"two"_s), u"conflict"_s);
    const Answer changed = ann.put(kConfig, policy(u"flexible"_s, 1, 2));
    QCOMPARE(changed.status, 200);
    QCOMPARE(textOf(changed, "message"), u"Booking configuration updated successfully"_s);
    QCOMPARE(ann.get(kConfig).object()[u"max_concurrent_bookings"_s].toInt(), 2);
    QCOMPARE(book(u"two"_s), u"created"_s);
    QCOMPARE(book(u"three"_s), u"conflict"_s);
    QCOMPARE(ann.put(kConfig, policy(u"unlimited"_s, 1, 1)).status, 200);
    QCOMPARE(book(u"three"_s), u"created"_s);
    QJsonObject over = policy(u"strict"_s, 1, 1);
    over.insert(u"allow_overbooking"_s, true);
    QCOMPARE(ann.put(kConfig, over).status, 200);
    QCOMPARE(book(u"four"_s), u"created"_s);

    Owner bob(stage, u"bob"_s); // has rules of his own
    QCOMPARE(bob.get(kConfig).object()[u"allow_overbooking"_s], QJsonValue(false));
    RestClient nobody(stage.server().url());
    const QJsonObject help = nobody.get(u"/booking/config/help"_s).object();
    QCOMPARE(help[u"booking_policies"_s].toObject().keys(),
             QStringList({u"flexible"_s, u"strict"_s, u"unlimited"_s}));
    for (const auto &value : help[u"examples"_s].toObject()) {
        QJsonObject example = value.toObject(); // each is one that is taken
        QVERIFY(example.contains(u"description"_s));
        example.remove(u"description"_s);
        QCOMPARE(bob.put(kConfig, example).status, 200);
    }
}

void BookingJourney::refusesWhatIsNotOnes()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    auto &calendar = stage.sandbox().google().calendar();
    Owner ann(stage, u"ann"_s);
    Owner eve(stage, u"eve"_s);
    QCOMPARE(ann.connect().status, 200);
    RestClient nobody(stage.server().url());
    const QJsonObject haircut = order(ann, u"Haircut"_s, at(10), at(11));
    QCOMPARE(nobody.post(kTool, haircut).status, 401);
    QCOMPARE(eve.post(kTool, haircut).status, 403);
    QCOMPARE(nobody.get(u"/tools/health"_s).object()[u"service"_s].toString(), u"calendar-tools"_s);
    const auto answerTo = [&](const QString &field, const QJsonValue &value) {
        QJsonObject changed = haircut;
        changed.insert(field, value);
        return ann.post(kTool, changed);
    };
    QCOMPARE(answerTo(u"end_iso"_s, at(10)).status, 400);
    QCOMPARE(detailOf(answerTo(u"end_iso"_s, at(9))), u"End time must be after start time"_s);
    QVERIFY(
        detailOf(answerTo(u"start_iso"_s, u"tomorrow"_s)).startsWith(u"Invalid datetime format: "));
    QCOMPARE(answerTo(u"summary"_s, QJsonValue()).status, 422);
    QCOMPARE(answerTo(u"summary"_s, QString(301, u'x')).status, 422);
    QCOMPARE(answerTo(u"user_id"_s, u"me"_s).status, 422);
    QCOMPARE(answerTo(u"attendee_email"_s, u"nobody"_s).status, 422);
    QCOMPARE(calendar.all().size(), 0);
    // An unknown zone is no reason to refuse; a guest is invited.
    QCOMPARE(textOf(answerTo(u"timezone"_s, u"Mars/Base"_s), "status"), u"created"_s);
    QJsonObject invited = order(ann, u"Visit"_s, at(14), at(15));
    invited.insert(u"attendee_email"_s, u"guest@example.com"_s);
    QCOMPARE(textOf(ann.post(kTool, invited), "status"), u"created"_s);
    QCOMPARE(calendar.all().last()[u"attendees"_s][0][u"email"_s].toString(),
             u"guest@example.com"_s);
    QCOMPARE(stage.sandbox().journal().breaches(), QStringList());
}

void BookingJourney::booksOnceThoughAnswersAreLost()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    auto &google = stage.sandbox().google();
    Owner ann(stage, u"ann"_s);
    QCOMPARE(ann.connect().status, 200);
    const QByteArray insertion = "POST /calendar/v3/calendars/primary/events";
    google.addFault({.kind = Kind::Lost, .only = insertion});
    const Answer made = ann.post(kTool, order(ann, u"Haircut"_s, at(10), at(11)));
    QVERIFY2(textOf(made, "status") == u"created", made.body);
    QCOMPARE(google.calendar().all().size(), 1);

    google.addFault({.kind = Kind::Slow, .after = std::chrono::seconds(2)});
    QCOMPARE(textOf(ann.post(kTool, order(ann, u"Slow"_s, at(11), at(12))), "status"),
             u"created"_s);

    // What cannot be checked is not booked.
    google.addFault({.kind = Kind::Quota});
    const Answer unchecked = ann.post(kTool, order(ann, u"Quota"_s, at(13), at(14)));
    QCOMPARE(unchecked.status, 429);
    QVERIFY(detailOf(unchecked).startsWith(u"Failed to create calendar event: "));
    google.addFault({.kind = Kind::Quota, .only = insertion});
    QCOMPARE(ann.post(kTool, order(ann, u"Quota"_s, at(13), at(14))).status, 429);
    QCOMPARE(google.calendar().all().size(), 2);
    // And is not held against anybody.
    QCOMPARE(textOf(ann.post(kTool, order(ann, u"Other"_s, at(13), at(14))), "status"),
             u"created"_s);

    google.accounts().takeBack(google.accounts().signedIn());
    const Answer gone = ann.post(kTool, order(ann, u"Gone"_s, at(15), at(16)));
    QCOMPARE(gone.status, 500);
    QVERIFY(detailOf(gone).contains(u"invalid_grant"));
}

void BookingJourney::neverBooksOneTooMany_data()
{
    QTest::addColumn<bool>("onPostgres");
    QTest::addColumn<QString>("rule");
    QTest::addColumn<int>("allowed");
    for (const bool onPostgres : {false, true}) {
        const char *store = onPostgres ? "PostgreSQL" : "SQLite";
        QTest::addRow("%s, strict", store) << onPostgres << u"strict"_s << 1;
        QTest::addRow("%s, flexible", store) << onPostgres << u"flexible"_s << 5;
        QTest::addRow("%s, unlimited", store) << onPostgres << u"unlimited"_s << kAtOnce;
    }
}

void BookingJourney::neverBooksOneTooMany()
{
    QFETCH(bool, onPostgres);
    QFETCH(QString, rule);
    QFETCH(int, allowed);
    if (onPostgres && Stage::lacksPostgres())
        QSKIP("no PostgreSQL");
    Stage stage(onPostgres ? Stage::Store::PostgreSql : Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    auto &google = stage.sandbox().google();
    Owner ann(stage, u"ann"_s);
    QCOMPARE(ann.connect().status, 200);
    QCOMPARE(ann.put(kConfig, policy(rule, 5, rule == u"flexible" ? allowed : 1)).status, 200);
    // Every look into the calendar takes long enough for all others to look too.
    google.addFault({.kind = Kind::Slow,
                     .after = std::chrono::milliseconds(50),
                     .count = -1,
                     .only = "GET /calendar/v3/calendars/primary/events"});
    QList<QJsonObject> orders;
    for (int i = 0; i < kAtOnce; ++i)
        orders.append(order(ann, u"Customer %1"_s.arg(i), at(10), at(11)));
    const auto answers = sendAtOnce(stage, ann, orders);
    QCOMPARE(answers.size(), kAtOnce);
    QCOMPARE(countOf(answers, u"created"_s), allowed);
    QCOMPARE(countOf(answers, u"conflict"_s), kAtOnce - allowed);
    QCOMPARE(google.calendar().all().size(), allowed);

    // Fifty times the same order is one appointment.
    const auto same =
        sendAtOnce(stage, ann, QList<QJsonObject>(kAtOnce, order(ann, u"Same"_s, at(14), at(15))));
    QCOMPARE(countOf(same, u"created"_s), kAtOnce);
    QCOMPARE(google.calendar().all().size(), allowed + 1);
    QCOMPARE(stage.sandbox().journal().breaches(), QStringList());
}

QTEST_GUILESS_MAIN(BookingJourney)
#include "tst_booking_journey.moc"
