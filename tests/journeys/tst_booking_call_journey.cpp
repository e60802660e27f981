// A caller books an appointment: told that the time is taken, offered another one, and given it;
// and the sound goes on whatever the calendar does.
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

} // namespace

class BookingCallJourney : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase_data();
    void takenTimeLeadsToAnotherOne_data();
    void takenTimeLeadsToAnotherOne();
    void callerToOnesOwnNumberBooks();

private:
    void checkSound(Stage &stage, const sandbox::PhoneCall &phone, const QStringList &sentences);
};

void BookingCallJourney::initTestCase_data()
{
    QTest::addColumn<int>("store");
    QTest::newRow("SQLite") << int(Stage::Store::Sqlite);
    if (!Stage::lacksPostgres())
        QTest::newRow("PostgreSQL") << int(Stage::Store::PostgreSql);
}

/// No hole in what the caller heard, and none in what the model heard, beyond what this machine
/// itself was late.
void BookingCallJourney::checkSound(Stage &stage, const sandbox::PhoneCall &phone,
                                    const QStringList &sentences)
{
    const QString voice = stage.sandbox().book().byName(kDialogue)->agentVoice;
    for (const QString &sentence : sentences) {
        const QByteArray clip = stage.sandbox().library().clip(voice, sentence);
        QVERIFY2(!clip.isEmpty(), qPrintable(sentence));
        QVERIFY2(phone.line()->heardAudio().contains(clip),
                 qPrintable(u"not heard, or with a hole: "_s + sentence));
    }
    const auto &session = *stage.sandbox().model().sessions().back();
    const double late = std::max(phone.line()->longestSendGapMs() - 20, 0.0);
    qInfo("longest gap at the model %.1f ms, of which the phone's own %.1f ms",
          session.longestInputGapMs(), late);
    QVERIFY2(session.longestInputGapMs() <= 40 + late,
             qPrintable(u"%1 ms"_s.arg(session.longestInputGapMs())));
    QVERIFY2(stage.sandbox().journal().breaches().isEmpty(),
             qPrintable(stage.sandbox().journal().breaches().join(u'\n')));
}

void BookingCallJourney::takenTimeLeadsToAnotherOne_data()
{
    QTest::addColumn<int>("fault"); // -1: none
    QTest::newRow("slow calendar") << int(Kind::Slow);
    QTest::newRow("failing calendar") << int(Kind::Failing);
}

void BookingCallJourney::takenTimeLeadsToAnotherOne()
{
    QFETCH_GLOBAL(int, store);
    QFETCH(int, fault);
    Stage stage(Stage::Store(store), {}, stand());
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    Owner owner(stage, u"owner"_s);
    QCOMPARE(owner.connect().status, 200);
    auto &google = stage.sandbox().google();
    const QDateTime ten = wanted();
    const QString taken =
        google.calendar().add(seed(u"Board meeting"_s, ten.addSecs(-900).toString(Qt::ISODate),
                                   ten.addSecs(1800).toString(Qt::ISODate)));
    QVERIFY(!taken.isEmpty());

    const Answer placed = owner.get(u"/make-calendar-call-scenario/4155550123"_s);
    QCOMPARE(placed.status, 200);
    const qint64 id = placed.object().value(u"id"_s).toInteger();
    google.addFault({Kind(fault), std::chrono::seconds(2), -1, {}});
    const sandbox::PhoneCall &phone = *stage.sandbox().phone().calls().front();
    QVERIFY(QTest::qWaitFor([&] { return phone.isOver(); }, 120'000));
    QJsonObject call;
    QVERIFY(QTest::qWaitFor(
        [&] {
            call = owner.get(u"/calls/%1"_s.arg(id)).object();
            return !call.value(u"timeline"_s).toArray().isEmpty();
        },
        20'000));

    const auto &turns = stage.sandbox().book().byName(kDialogue)->turns;
    const auto &session = *stage.sandbox().model().sessions().back();
    // What it was told of the calendar, it was told before the phone rang.
    QVERIFY(session.session()[u"instructions"_s].toString().contains(u"Board meeting"_s));
    QVERIFY(!session.toolOutputs().empty());
    QCOMPARE(namesOf(call).count(u"tool answered"_s), session.toolOutputs().size());
    const QList<QJsonObject> events = google.calendar().all();
    if (Kind(fault) == Kind::Failing) {
        QCOMPARE(outputOf(session, 0)[u"status"_s].toString(), u"error"_s);
        QCOMPARE(events.size(), 1); // what cannot be checked is not booked
        checkSound(stage, phone, {turns[0].agent, turns[2].byResult[u"error"_s], turns[6].agent});
        return;
    }
    const QJsonObject conflict = outputOf(session, 0);
    QCOMPARE(conflict[u"status"_s].toString(), u"conflict"_s);
    QCOMPARE(outputOf(session, 1)[u"status"_s].toString(), u"created"_s);
    QCOMPARE(session.toolOutputs().size(), 2);
    QCOMPARE(events.size(), 2);
    const auto made = std::find_if(events.begin(), events.end(), [](const QJsonObject &event) {
        return event[u"summary"_s].toString() == u"Consultation with Casey Brown";
    });
    QVERIFY(made != events.end());
    QCOMPARE(startOf(*made), instantOf(conflict[u"suggested_times"_s][0][u"start"_s]));
    QCOMPARE(startOf(*made).secsTo(endOf(*made)), 1800);
    QVERIFY(endOf(*made) <= ten.addSecs(-900) || startOf(*made) >= ten.addSecs(1800));
    checkSound(stage, phone,
               {turns[0].agent, turns[2].byResult[u"conflict"_s], turns[4].byResult[u"created"_s],
                turns[6].agent});
}

void BookingCallJourney::callerToOnesOwnNumberBooks()
{
    QFETCH_GLOBAL(int, store);
    Stage stage(Stage::Store(store), {}, stand());
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    Owner owner(stage, u"owner"_s);
    QCOMPARE(owner.connect().status, 200);
    const Answer bought = owner.post(u"/twilio/provision-number"_s, {{u"area_code"_s, u"415"_s}});
    QVERIFY2(bought.status == 200, bought.body);
    const QDateTime ten = wanted();
    const sandbox::PhoneCall &phone = stage.sandbox().phone().callIn(
        u"+14155550177"_s, textOf(bought, "phoneNumber"),
        stage.server().url().toString() + u"/google-calendar/incoming-calendar-call"_s, kDialogue);
    QVERIFY(QTest::qWaitFor([&] { return phone.isOver(); }, 120'000));
    QJsonObject call;
    QVERIFY(QTest::qWaitFor(
        [&] {
            call = owner.get(u"/calls"_s).array().at(0).toObject();
            return call.value(u"ended_at"_s).isString();
        },
        20'000));
    QCOMPARE(call.value(u"direction"_s).toString(), u"inbound"_s);
    QCOMPARE(call.value(u"scenario"_s).toString(), u"calendar"_s);
    QCOMPARE(call.value(u"phone_number"_s).toString(), u"+14155550177"_s);
    const QList<QJsonObject> events = stage.sandbox().google().calendar().all();
    QCOMPARE(events.size(), 1);
    QCOMPARE(startOf(events.first()), ten);
    const auto &turns = stage.sandbox().book().byName(kDialogue)->turns;
    checkSound(stage, phone, {turns[0].agent, turns[2].byResult[u"created"_s], turns[6].agent});
}

QTEST_GUILESS_MAIN(BookingCallJourney)
#include "tst_booking_call_journey.moc"
