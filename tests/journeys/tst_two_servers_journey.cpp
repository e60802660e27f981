// Scheduled calls on two servers and one database: each rings once, though a server dies.
#include "tests/journeys/app_clients.h"
#include "tests/sandbox/signature.h"

#include <QObject>
#include <QSet>
#include <QSqlDatabase>
#include <QSqlError>
#include <QSqlQuery>
#include <QTest>

#include <csignal>

using namespace tests;
using namespace Qt::StringLiterals;

namespace {

constexpr int kSchedules = 1'000;
constexpr size_t kDiesAt = 400; ///< calls that have been dialled by then
constexpr int kOwners = 10;
constexpr int kPatienceMs = 150'000;

const QString kFirstNumber = u"+14155550100"_s; ///< that the first server calls from
const QString kSecondNumber = u"+14155550101"_s;

/// Nobody answers these: no conversation is wanted here.
Environment withoutModel()
{
    return {{u"OPENAI_REALTIME_URL"_s, u"ws://127.0.0.1:9/v1/realtime?model=gpt-realtime"_s}};
}

/// The database behind a stage.
class Sql
{
public:
    explicit Sql(const Stage &stage)
    {
        const QUrl url(stage.environment().value(u"DATABASE_URL"_s));
        m_database = QSqlDatabase::addDatabase(u"QPSQL"_s, u"two-servers"_s);
        m_database.setHostName(url.host());
        m_database.setPort(url.port());
        m_database.setUserName(url.userName());
        m_database.setDatabaseName(url.path().mid(1));
        if (!m_database.open())
            m_why = m_database.lastError().text();
    }
    ~Sql()
    {
        m_database = {};
        QSqlDatabase::removeDatabase(u"two-servers"_s);
    }
    Sql(const Sql &) = delete;
    Sql &operator=(const Sql &) = delete;

    const QString &why() const { return m_why; }
    /// The first value of the answer.
    QVariant ask(const QString &statement)
    {
        QSqlQuery query(m_database);
        if (!query.exec(statement))
            m_why = query.lastError().text();
        return query.next() ? query.value(0) : QVariant();
    }

private:
    QSqlDatabase m_database;
    QString m_why;
};

/// Another server on the same database, with its own address and number.
Environment secondServer(const Stage &stage, const QTemporaryDir &folder)
{
    Environment environment = stage.environment();
    QTcpServer probe;
    probe.listen(QHostAddress::LocalHost);
    const QString port = QString::number(probe.serverPort());
    environment.insert(u"PORT"_s, port);
    environment.insert(u"PUBLIC_URL"_s, u"http://127.0.0.1:"_s + port);
    environment.insert(u"TWILIO_PHONE_NUMBER"_s, kSecondNumber);
    environment.insert(u"DATA_DIR"_s, folder.path());
    return environment;
}

QString toOf(const sandbox::PhoneCall &call)
{
    return call.order().value(u"To"_s);
}

} // namespace

class TwoServersJourney : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void aThousandDueCallsRingOnceThoughAServerDies();
    void whatALostServerDialledIsFound();
};

void TwoServersJourney::initTestCase()
{
    if (Stage::lacksPostgres())
        QSKIP("several servers need PostgreSQL (tests/with_postgres.sh provides one)");
}

void TwoServersJourney::aThousandDueCallsRingOnceThoughAServerDies()
{
    Stage stage(Stage::Store::PostgreSql, withoutModel());
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    Sql sql(stage);
    QVERIFY2(sql.why().isEmpty(), qPrintable(sql.why()));
    QStringList owners;
    for (int i = 0; i < kOwners; ++i) {
        AppUser owner(stage, AppUser::App::Web, u"owner%1"_s.arg(i));
        QVERIFY(owner.isIn());
        QCOMPARE(stage.staff()
                     .post(u"/admin/users/%1/subscription"_s.arg(owner.id()),
                           {{u"plan"_s, u"enterprise_monthly"_s}})
                     .status,
                 200);
        owners.append(QString::number(owner.id()));
    }
    const QTemporaryDir folder;
    ServerProcess second;
    QVERIFY2(second.start(secondServer(stage, folder)), second.errors());

    // The first server dies while one of its orders has been taken and not been answered: the phone
    // rings, and nobody knows.
    const sandbox::PhoneNetwork &phone = stage.sandbox().phone();
    QString fatal; // the number of that call
    connect(&phone, &sandbox::PhoneNetwork::callDialled, &phone, [&](sandbox::PhoneCall *call) {
        if (phone.calls().size() < kDiesAt || !fatal.isEmpty()
            || call->order().value(u"From"_s) != kFirstNumber)
            return;
        fatal = toOf(*call);
        ::kill(pid_t(stage.server().pid()), SIGKILL);
    });

    // Engaged numbers, so that each call is over at once.
    sql.ask(u"INSERT INTO call_schedules (user_id, phone_number, scenario, due_at, next_try_at, "
            "status, created_at) SELECT (ARRAY[%1])[1 + n %% %2], "
            "'+1' || (212 + n / 800)::text || (200 + n %% 800)::text || '0001', 'default', "
            "now(), now(), 'scheduled', now() FROM generate_series(0, %3) AS n"_s
                .replace(u"%%"_s, u"%"_s)
                .arg(owners.join(u','))
                .arg(kOwners)
                .arg(kSchedules - 1));
    QVERIFY2(sql.why().isEmpty(), qPrintable(sql.why()));
    const auto open = [&] {
        return sql
            .ask(u"SELECT count(*) FROM call_schedules WHERE status IN ('scheduled', 'placing')"_s)
            .toInt();
    };
    QElapsedTimer clock;
    clock.start();
    QVERIFY2(QTest::qWaitFor([&] { return open() == 0; }, kPatienceMs),
             qPrintable(u"%1 still open, %2 dialled"_s.arg(open()).arg(phone.calls().size())));
    qInfo("%d calls in %.1f s", kSchedules, double(clock.elapsed()) / 1000);

    QVERIFY2(!fatal.isEmpty(), "the first server was not killed");
    QVERIFY(!stage.server().isRunning());
    QMap<QString, int> rung;
    int ofSecond = 0;
    for (const auto &call : phone.calls()) {
        ++rung[toOf(*call)];
        ofSecond += call->order().value(u"From"_s) == kSecondNumber ? 1 : 0;
    }
    for (auto it = rung.cbegin(); it != rung.cend(); ++it)
        QVERIFY2(it.value() == 1, qPrintable(it.key()));
    QCOMPARE(rung.size(), kSchedules);
    QCOMPARE(rung.value(fatal), 1);
    QVERIFY(ofSecond > 0 && ofSecond < kSchedules);
    QCOMPARE(sql.ask(u"SELECT count(*) FROM call_schedules WHERE status = 'placed'"_s).toInt(),
             kSchedules);
    // Each has its own call, which is the one that rang.
    QCOMPARE(sql.ask(u"SELECT count(DISTINCT c.call_sid) FROM calls c JOIN call_schedules s "
                     "ON s.call_id = c.id AND s.phone_number = c.phone_number"_s)
                 .toInt(),
             kSchedules);
    QCOMPARE(sql.ask(u"SELECT count(*) FROM calls"_s).toInt(), kSchedules);
    // None was late: the limit is a quarter of an hour.
    QVERIFY(sql.ask(u"SELECT max(extract(epoch FROM c.created_at - s.due_at)) FROM calls c "
                    "JOIN call_schedules s ON s.call_id = c.id"_s)
                .toDouble()
            < 15 * 60);
}

void TwoServersJourney::whatALostServerDialledIsFound()
{
    Stage stage(Stage::Store::PostgreSql, withoutModel());
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    Sql sql(stage);
    QVERIFY2(sql.why().isEmpty(), qPrintable(sql.why()));
    sandbox::PhoneNetwork &phone = stage.sandbox().phone();
    const QString owner = sql.ask(u"SELECT id FROM users WHERE role = 'admin'"_s).toString();

    // What a server leaves that is lost between reserving a call and hearing that it was dialled.
    const auto leave = [&](const QString &number) {
        const QString schedule =
            sql.ask(u"INSERT INTO call_schedules (user_id, phone_number, scenario, due_at, "
                    "next_try_at, status, claimed_at, attempts, created_at) VALUES (%1, '%2', "
                    "'default', now(), now(), 'placing', now(), 1, now()) RETURNING id"_s.arg(
                        owner, number))
                .toString();
        return sql
            .ask(u"INSERT INTO calls (user_id, scenario, scenario_title, direction, phone_number, "
                 "own_number, status, brief, duration_limit, created_at, schedule_id) VALUES (%1, "
                 "'default', 'default', 'outbound', '%2', '%3', 'initiated', '{}', 60, now(), %4) "
                 "RETURNING id"_s.arg(owner, number, kFirstNumber, schedule))
            .toString();
    };
    const QString toldNumber = u"+12125550001"_s;
    const QString knownNumber = u"+12135550001"_s;
    const QString neverNumber = u"+12145550001"_s;
    const QString told = leave(toldNumber);
    leave(knownNumber);
    leave(neverNumber);
    QVERIFY2(sql.why().isEmpty(), qPrintable(sql.why()));

    // One call has named itself, by our id in our own signed URL.
    const QString path = u"/twilio-callback?call="_s + told;
    const sandbox::Form form{{u"CallSid"_s, u"CA0123456789abcdef0123456789abcdef"_s},
                             {u"CallStatus"_s, u"ringing"_s}};
    const QByteArray url = (stage.environment().value(u"PUBLIC_URL"_s) + path).toUtf8();
    RestClient network(stage.server().url());
    const Answer answer = network.send(
        "POST", path, "application/x-www-form-urlencoded", form.encode(),
        {{"X-Twilio-Signature", sandbox::signature(phone.settings().authToken, url, form)}});
    QCOMPARE(answer.status, 200);
    // One is known to the phone network alone.
    RestClient rest{QUrl(phone.baseUrl())};
    const QByteArray account = phone.settings().accountSid;
    const sandbox::Form order{{u"To"_s, knownNumber},
                              {u"From"_s, kFirstNumber},
                              {u"Url"_s, u"http://127.0.0.1:9/nowhere"_s}};
    QCOMPARE(rest.send("POST",
                       u"/2010-04-01/Accounts/%1/Calls.json"_s.arg(QString::fromLatin1(account)),
                       "application/x-www-form-urlencoded", order.encode(),
                       {{"Authorization",
                         "Basic " + (account + ':' + phone.settings().authToken).toBase64()}})
                 .status,
             201);
    const QString knownSid = phone.calls().back()->sid();
    QCOMPARE(phone.calls().size(), size_t(1));

    sql.ask(u"UPDATE call_schedules SET claimed_at = now() - interval '1 minute'"_s);
    QVERIFY2(QTest::qWaitFor(
                 [&] {
                     return sql.ask(
                                   u"SELECT count(*) FROM call_schedules WHERE status = 'placed'"_s)
                                .toInt()
                            == 3;
                 },
                 20'000),
             qPrintable(sql.ask(u"SELECT string_agg(status || ': ' || note, ', ') FROM "
                                "call_schedules"_s)
                            .toString()));
    // Only the one that was never dialled has rung now.
    QCOMPARE(phone.calls().size(), size_t(2));
    QCOMPARE(toOf(*phone.calls().back()), neverNumber);
    const auto sidOf = [&](const QString &number) {
        return sql.ask(u"SELECT call_sid FROM calls WHERE phone_number = '%1'"_s.arg(number))
            .toString();
    };
    QCOMPARE(sidOf(toldNumber), u"CA0123456789abcdef0123456789abcdef"_s);
    QCOMPARE(sidOf(knownNumber), knownSid);
    QCOMPARE(sidOf(neverNumber), phone.calls().back()->sid());
    QCOMPARE(sql.ask(u"SELECT count(*) FROM calls"_s).toInt(), 3);
}

QTEST_GUILESS_MAIN(TwoServersJourney)
#include "tst_two_servers_journey.moc"
