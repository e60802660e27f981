// A caller books an appointment: told that the time is taken, offered another one, and given it;
// and the sound goes on whatever the calendar does. The calls of all rows run at one time, each
// with a server of its own.
#include "tests/journeys/calendar_steps.h"

#include "shared/protocol/call.h"

#include <QObject>
#include <QTest>

using namespace tests;
using Kind = sandbox::GoogleFault::Kind;

namespace {

const QString kDialogue = u"appointment-taken"_s;

sandbox::Sandbox::Settings stand()
{
    sandbox::Sandbox::Settings settings;
    settings.phone.dialogue = kDialogue;
    settings.phone.manners.patience = std::chrono::seconds(60); // callers wait for the calendar
    return settings;
}

/// Ten o'clock tomorrow, as the dialogue asks for it.
QDateTime wanted()
{
    const QDate tomorrow = QDateTime::currentDateTimeUtc().date().addDays(1);
    return {tomorrow, QTime(10, 0), QTimeZone("America/Denver")};
}

QDateTime instantOf(const QJsonValue &time)
{
    return QDateTime::fromString(time.toString(), Qt::ISODate);
}

QDateTime startOf(const QJsonObject &event)
{
    return instantOf(event[u"start"_s][u"dateTime"_s]);
}

QDateTime endOf(const QJsonObject &event)
{
    return instantOf(event[u"end"_s][u"dateTime"_s]);
}

QJsonObject outputOf(const sandbox::RealtimeSession &session, qsizetype index)
{
    return QJsonDocument::fromJson(session.toolOutputs()[index][u"output"_s].toString().toUtf8())
        .object();
}

QStringList namesOf(const QJsonObject &call)
{
    QStringList names;
    const auto events =
        protocol::listFromJson<protocol::TimelineEvent>(call.value(u"timeline"_s).toArray());
    for (const protocol::TimelineEvent &event : events)
        names.append(event.name);
    return names;
}

// Sanitizers make the phone that stands for the world late, too. There the bound is beyond what
// that was late; without them it is what it is.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kAllowsForLateness = true;
#else
constexpr bool kAllowsForLateness = false;
#endif

enum class Call { SlowCalendar, FailingCalendar, ToOnesOwnNumber };

/// One call and the world that it takes place in.
struct Booking
{
    explicit Booking(Stage::Store store) : stage(store, {}, stand()) {}

    sandbox::GoogleEvents &calendar() { return stage.sandbox().google().calendar(); }
    const sandbox::PhoneCall &phone() { return *stage.sandbox().phone().calls().front(); }
    const sandbox::RealtimeSession &session() { return *stage.sandbox().model().sessions().back(); }
    const auto &turns() { return stage.sandbox().book().byName(kDialogue)->turns; }
    /// What `sees` finds in the server's list of calls, within its time.
    QJsonObject waitFor(const std::function<bool(const QJsonObject &)> &sees) const;

    Stage stage;
    std::unique_ptr<Owner> owner;
    QDateTime ten = wanted();
};

QJsonObject Booking::waitFor(const std::function<bool(const QJsonObject &)> &sees) const
{
    QJsonObject call;
    const qint64 id = owner->get(u"/calls"_s).array().at(0)[u"id"_s].toInteger();
    const bool isSeen = QTest::qWaitFor(
        [&] {
            call = owner->get(u"/calls/%1"_s.arg(id)).object();
            return sees(call);
        },
        20'000);
    return isSeen ? call : QJsonObject();
}

} // namespace

class BookingCallJourney : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase_data();
    void initTestCase();
    void takenTimeLeadsToAnotherOne();
    void nothingIsBookedUnchecked();
    void callerToOnesOwnNumberBooks();

private:
    void begin(Booking &booking, Call call);
    Booking &booking(Call call);
    void checkSound(Booking &booking, const QStringList &sentences);

    std::map<std::pair<int, Call>, std::unique_ptr<Booking>> m_bookings;
};

void BookingCallJourney::initTestCase_data()
{
    QTest::addColumn<int>("store");
    QTest::newRow("SQLite") << int(Stage::Store::Sqlite);
    if (!Stage::lacksPostgres())
        QTest::newRow("PostgreSQL") << int(Stage::Store::PostgreSql);
}

Booking &BookingCallJourney::booking(Call call)
{
    QFETCH_GLOBAL(int, store);
    return *m_bookings.at({store, call});
}

void BookingCallJourney::initTestCase()
{
    std::vector<Stage::Store> stores{Stage::Store::Sqlite};
    if (!Stage::lacksPostgres())
        stores.push_back(Stage::Store::PostgreSql);
    constexpr std::array kCalls{Call::SlowCalendar, Call::FailingCalendar, Call::ToOnesOwnNumber};
    for (const Stage::Store store : stores) {
        for (const Call call : kCalls) {
            auto made = std::make_unique<Booking>(store);
            QVERIFY2(made->stage.isReady(), qPrintable(made->stage.why()));
            made->owner = std::make_unique<Owner>(made->stage, u"owner"_s);
            QCOMPARE(made->owner->connect().status, 200);
            m_bookings.emplace(std::pair(int(store), call), std::move(made));
        }
    }
    for (const auto &[row, one] : m_bookings)
        begin(*one, row.second);
    QVERIFY(QTest::qWaitFor(
        [&] {
            return std::all_of(m_bookings.begin(), m_bookings.end(),
                               [](const auto &entry) { return entry.second->phone().isOver(); });
        },
        180'000));
}

void BookingCallJourney::begin(Booking &booking, Call call)
{
    Owner &owner = *booking.owner;
    if (call == Call::ToOnesOwnNumber) {
        const Answer bought =
            owner.post(u"/twilio/provision-number"_s, {{u"area_code"_s, u"415"_s}});
        QVERIFY2(bought.status == 200, bought.body);
        booking.stage.sandbox().phone().callIn(u"+14155550177"_s, textOf(bought, "phoneNumber"),
                                               booking.stage.server().url().toString()
                                                   + u"/google-calendar/incoming-calendar-call"_s,
                                               kDialogue);
        return;
    }
    const QString taken = booking.calendar().add(
        seed(u"Board meeting"_s, booking.ten.addSecs(-900).toString(Qt::ISODate),
             booking.ten.addSecs(1800).toString(Qt::ISODate)));
    QVERIFY(!taken.isEmpty());
    QCOMPARE(owner.get(u"/make-calendar-call-scenario/4155550123"_s).status, 200);
    booking.stage.sandbox().google().addFault(
        {call == Call::SlowCalendar ? Kind::Slow : Kind::Failing, std::chrono::seconds(2), -1, {}});
}

/// No hole in what the caller heard, and none above 40 ms in what the model heard.
void BookingCallJourney::checkSound(Booking &booking, const QStringList &sentences)
{
    sandbox::Sandbox &sandbox = booking.stage.sandbox();
    const auto &line = *booking.phone().line();
    for (const QString &sentence : sentences) {
        const QByteArray clip =
            sandbox.library().clip(sandbox.book().byName(kDialogue)->agentVoice, sentence);
        QVERIFY2(!clip.isEmpty(), qPrintable(sentence));
        QVERIFY2(line.heardAudio().contains(clip),
                 qPrintable(u"not heard, or with a hole: "_s + sentence));
    }
    const double gap = booking.session().longestInputGapMs();
    const double phone = std::max(line.longestSendGapMs() - 20, 0.0);
    qInfo("longest gap at the model %.1f ms; the phone was late by %.1f ms", gap, phone);
    const double bound = kAllowsForLateness ? 40 + phone : 40;
    QVERIFY2(gap <= bound, qPrintable(u"%1 ms, allowed %2 ms"_s.arg(gap).arg(bound)));
    QVERIFY2(sandbox.journal().breaches().isEmpty(),
             qPrintable(sandbox.journal().breaches().join(u'\n')));
}

void BookingCallJourney::takenTimeLeadsToAnotherOne()
{
    Booking &slow = booking(Call::SlowCalendar);
    const QJsonObject call = slow.waitFor(
        [](const QJsonObject &seen) { return !seen.value(u"timeline"_s).toArray().isEmpty(); });
    const auto &session = slow.session();
    // What it was told of the calendar, it was told before the phone rang.
    QVERIFY(session.session()[u"instructions"_s].toString().contains(u"Board meeting"_s));
    QCOMPARE(session.toolOutputs().size(), 2);
    QCOMPARE(namesOf(call).count(u"tool answered"_s), 2);
    const QJsonObject conflict = outputOf(session, 0);
    QCOMPARE(conflict[u"status"_s].toString(), u"conflict"_s);
    QCOMPARE(outputOf(session, 1)[u"status"_s].toString(), u"created"_s);
    const QList<QJsonObject> events = slow.calendar().all();
    QCOMPARE(events.size(), 2);
    const auto made = std::find_if(events.begin(), events.end(), [](const QJsonObject &event) {
        return event[u"summary"_s].toString() == u"Consultation with Casey Brown";
    });
    QVERIFY(made != events.end());
    QCOMPARE(startOf(*made), instantOf(conflict[u"suggested_times"_s][0][u"start"_s]));
    QCOMPARE(startOf(*made).secsTo(endOf(*made)), 1800);
    QVERIFY(endOf(*made) <= slow.ten.addSecs(-900) || startOf(*made) >= slow.ten.addSecs(1800));
    checkSound(slow, {slow.turns()[0].agent, slow.turns()[2].byResult[u"conflict"_s],
                      slow.turns()[4].byResult[u"created"_s], slow.turns()[6].agent});
}

void BookingCallJourney::nothingIsBookedUnchecked()
{
    Booking &failing = booking(Call::FailingCalendar);
    const QJsonObject call = failing.waitFor(
        [](const QJsonObject &seen) { return !seen.value(u"timeline"_s).toArray().isEmpty(); });
    QVERIFY(!failing.session().toolOutputs().empty());
    QCOMPARE(namesOf(call).count(u"tool answered"_s), failing.session().toolOutputs().size());
    QCOMPARE(outputOf(failing.session(), 0)[u"status"_s].toString(), u"error"_s);
    QCOMPARE(failing.calendar().all().size(), 1); // the one that was there
    checkSound(failing, {failing.turns()[0].agent, failing.turns()[2].byResult[u"error"_s],
                         failing.turns()[6].agent});
}

void BookingCallJourney::callerToOnesOwnNumberBooks()
{
    Booking &inbound = booking(Call::ToOnesOwnNumber);
    const QJsonObject call = inbound.waitFor(
        [](const QJsonObject &seen) { return seen.value(u"ended_at"_s).isString(); });
    QCOMPARE(call.value(u"direction"_s).toString(), u"inbound"_s);
    QCOMPARE(call.value(u"scenario"_s).toString(), u"calendar"_s);
    QCOMPARE(call.value(u"phone_number"_s).toString(), u"+14155550177"_s);
    const QList<QJsonObject> events = inbound.calendar().all();
    QCOMPARE(events.size(), 1);
    QCOMPARE(startOf(events.first()), inbound.ten);
    checkSound(inbound, {inbound.turns()[0].agent, inbound.turns()[2].byResult[u"created"_s],
                         inbound.turns()[6].agent});
}

QTEST_GUILESS_MAIN(BookingCallJourney)
#include "tst_booking_call_journey.moc"
