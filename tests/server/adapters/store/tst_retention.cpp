// What a plan no longer keeps is gone: from every table, the database's files and the recordings.
#include "server/adapters/store/sql_account_remover.h"
#include "server/core/accounts/account_data.h"
#include "server/core/transcripts/retention.h"
#include "tests/server/adapters/store/transcript_fixture.h"

#include <QDir>
#include <QFile>
#include <QTest>

using namespace server;
using namespace Qt::StringLiterals;
using core::Platform;
using tests::addUser;
using tests::kUsageNow;
using tests::TranscriptRig;

namespace {

const store::Sql kColumns(
    QStringLiteral(
        "SELECT table_name, CASE data_type WHEN 'bytea' THEN 'encode(\"' || column_name || "
        "'\", ''escape'')' ELSE 'CAST(\"' || column_name || '\" AS text)' END, column_name "
        "FROM information_schema.columns WHERE table_schema = 'public'"),
    QStringLiteral(
        "SELECT m.name, 'CAST(\"' || c.name || '\" AS text)', c.name FROM sqlite_master m "
        "JOIN pragma_table_info(m.name) c WHERE m.type = 'table'"));

/// Rows of any table that have `needle` in any of their columns, whatever its type.
QStringList placesOf(store::Database &database, const QString &needle)
{
    QStringList places;
    store::Session session = database.session();
    const auto columns = session.execute(kColumns);
    if (!columns)
        qFatal("%s", qPrintable(columns.error().cause));
    for (const store::Row &row : *columns) {
        const QString text = u"SELECT count(*) FROM \"%1\" WHERE %2"_s.arg(row.text(0));
        const auto found =
            session.execute(store::Sql(text.arg(u"strpos(%1, ?) > 0"_s.arg(row.text(1))),
                                       text.arg(u"instr(%1, ?) > 0"_s.arg(row.text(1)))),
                            {needle});
        if (!found)
            qFatal("%s", qPrintable(found.error().cause));
        if (found->first().integer(0) > 0)
            places.append(row.text(0) + u'.' + row.text(2));
    }
    return places;
}

/// Bytes of SQLite's own files, its log included, that hold `needle`.
QStringList filesWith(const QString &url, const QString &needle)
{
    QStringList files;
    const QString path = QString(url).remove(u"sqlite://"_s);
    for (const auto &suffix : {u""_s, u"-wal"_s}) {
        QFile file(path + suffix);
        if (file.open(QIODevice::ReadOnly) && file.readAll().contains(needle.toUtf8()))
            files.append(file.fileName());
    }
    return files;
}

/// A server's retention on one database and one recordings folder, with a clock of its own.
struct World
{
    explicit World(tests::ScratchDatabase &scratch)
        : rig(scratch.database()), remover(scratch.database())
    {
    }

    TranscriptRig rig;
    QTemporaryDir recordings;
    QDateTime now = kUsageNow;
    store::SqlAccountRemover remover;
    core::Retention retention{
        {rig.words, rig.usage.store, rig.usage.plans, [this] { sweep(); }, [this] { return now; }}};

    core::Call speak(base::UserId owner, const QDateTime &endedAt, const QString &secret)
    {
        auto call = rig.spoken(owner, endedAt, secret, secret + u" too"_s);
        QFile file(recordings.filePath(call.recordingFile));
        if (!file.open(QIODevice::WriteOnly) || file.write("RIFF") != 4)
            qFatal("no recording");
        return call;
    }
    bool hasRecording(const core::Call &call) const
    {
        return QFile::exists(recordings.filePath(TranscriptRig::recordingOf(call.id)));
    }
    void sweep()
    {
        const QStringList files = remover.orphanedRecordings().value();
        for (const QString &file : files)
            QDir(recordings.path()).remove(file);
        if (!remover.forgetRecordings(files, now))
            qFatal("not forgotten");
    }
    int run() const
    {
        const auto erased = retention.run();
        if (!erased)
            qFatal("%s %s", qPrintable(erased.error().message), qPrintable(erased.error().cause));
        return *erased;
    }
    void subscribe(base::UserId user, const QString &plan)
    {
        core::Subscription subscription;
        subscription.plan = plan;
        subscription.startedAt = now;
        if (!rig.usage.store.subscribe(user, subscription, {now, user, u"plan"_s, {}, {}, {}}))
            qFatal("no subscription");
    }
};

} // namespace

class RetentionTest : public QObject
{
    Q_OBJECT
private slots:
    void nothingIsLeftOfWhatExpired_data() { tests::addBackendRows(); }
    void nothingIsLeftOfWhatExpired();
    void plansDecideHowLong_data() { tests::addBackendRows(); }
    void plansDecideHowLong();
    void manyAreErasedWithoutATrace_data() { tests::addBackendRows(); }
    void manyAreErasedWithoutATrace();
    void oneIsErasedOnDemand_data() { tests::addBackendRows(); }
    void oneIsErasedOnDemand();
    void recordingsThatComeLateGoToo_data() { tests::addBackendRows(); }
    void recordingsThatComeLateGoToo();
};

void RetentionTest::nothingIsLeftOfWhatExpired()
{
    SCRATCH_DATABASE(scratch);
    World world(*scratch);
    const auto ann = addUser(scratch->database(), u"ann"_s, Platform::Web);
    const QString old = u"xylophone-quartz"_s;
    const QString young = u"marzipan-velvet"_s;
    const auto expired = world.speak(ann, kUsageNow, old);
    const auto kept = world.speak(ann, kUsageNow.addDays(1), young);
    const auto nobodys = world.speak({}, kUsageNow, old + u"-nobody"_s);
    QVERIFY(
        world.rig.transcripts
            .store(expired.id, u"GTold"_s, u"en-US"_s, {{old + u" again"_s, 0, 0, 1}}, kUsageNow)
            .value());
    // Both searches do find what is there.
    QVERIFY(placesOf(scratch->database(), old).size() >= 4);
    const bool isSqlite = scratch->database().dialect() == store::Dialect::Sqlite;
    QCOMPARE(filesWith(scratch->url(), old).isEmpty(), !isSqlite);

    world.now = kUsageNow.addDays(30).addMSecs(-1);
    QCOMPARE(world.run(), 0);
    QVERIFY(world.hasRecording(expired));
    world.now = kUsageNow.addDays(30);
    QCOMPARE(world.run(), 2);

    QCOMPARE(placesOf(scratch->database(), old), QStringList());
    for (const core::Call &call : {expired, nobodys}) {
        QVERIFY(!world.hasRecording(call));
        QCOMPARE(placesOf(scratch->database(), call.recordingFile), QStringList());
        // What the phone network has is noted, to be deleted there, and stands nowhere else.
        QCOMPARE(placesOf(scratch->database(), call.recordingSid),
                 QStringList{u"transcript_jobs.subject"_s});
    }
    QCOMPARE(placesOf(scratch->database(), u"GTold"_s), QStringList{u"transcript_jobs.subject"_s});
    QCOMPARE(filesWith(scratch->url(), old), QStringList());

    // The call itself stays, without words; what is a day younger is whole.
    const auto row = world.rig.usage.calls.byId(expired.id).value();
    QVERIFY(row);
    QCOMPARE(row->durationSeconds, 30);
    QCOMPARE(row->phoneNumber, expired.phoneNumber);
    QVERIFY(!world.rig.usage.calls.detail(expired.id).value());
    QVERIFY(world.hasRecording(kept));
    QCOMPARE(world.rig.of(ann).size(), size_t(1));
    QVERIFY(world.rig.usage.calls.detail(kept.id).value().has_value());
    QVERIFY(!placesOf(scratch->database(), young).isEmpty());

    const auto jobs = world.rig.jobs.claimDue(world.now, world.now, 10).value();
    QCOMPARE(jobs.size(), size_t(3));
    QCOMPARE(jobs[0].callSid.isEmpty(), false); // its account is found by the call
    QCOMPARE(world.run(), 0);
}

void RetentionTest::plansDecideHowLong()
{
    SCRATCH_DATABASE(scratch);
    World world(*scratch);
    const auto ann = addUser(scratch->database(), u"ann"_s, Platform::Web);
    const auto call = world.speak(ann, kUsageNow, u"first"_s);
    world.now = kUsageNow.addDays(29);
    world.subscribe(ann, u"pro_monthly"_s);
    world.now = kUsageNow.addDays(89);
    QCOMPARE(world.run(), 0);
    world.subscribe(ann, u"enterprise_monthly"_s);
    world.now = kUsageNow.addDays(200);
    QCOMPARE(world.run(), 0);
    QVERIFY(world.hasRecording(call));
    // Down again: what the smaller plan does not keep goes with the next run, the rest stays.
    world.speak(ann, kUsageNow.addDays(150), u"second"_s);
    world.subscribe(ann, u"pro_monthly"_s);
    QCOMPARE(world.run(), 1);
    QCOMPARE(world.rig.of(ann).size(), size_t(1));
    world.subscribe(ann, u"basic_monthly"_s);
    QCOMPARE(world.run(), 1);
    QVERIFY(world.rig.of(ann).empty());
}

void RetentionTest::manyAreErasedWithoutATrace()
{
    SCRATCH_DATABASE(scratch);
    World world(*scratch);
    const auto ann = addUser(scratch->database(), u"ann"_s, Platform::Web);
    // Of different lengths and mixed with those that stay, so that the database moves rows about.
    constexpr int kCalls = 120;
    for (int i = 0; i < kCalls; ++i) {
        const QString filler = u" and so on"_s.repeated(i * 7 % 61);
        world.speak(ann, kUsageNow.addDays(i % 2 == 0 ? 0 : 20),
                    (i % 2 == 0 ? u"oldword-%1x"_s : u"youngword-%1x"_s).arg(i) + filler);
    }
    world.now = kUsageNow.addDays(31);
    QCOMPARE(world.run(), kCalls / 2);
    QCOMPARE(placesOf(scratch->database(), u"oldword-"_s), QStringList());
    if (scratch->database().dialect() == store::Dialect::Sqlite)
        QCOMPARE(filesWith(scratch->url(), u"oldword-"_s), QStringList());
    core::TranscriptQuery all;
    all.limit = kCalls;
    QCOMPARE(int(world.rig.of(ann, all).size()), kCalls / 2);
    QCOMPARE(QDir(world.recordings.path()).entryList({u"*.wav"_s}).size(), kCalls / 2);
}

void RetentionTest::oneIsErasedOnDemand()
{
    SCRATCH_DATABASE(scratch);
    World world(*scratch);
    const auto ann = addUser(scratch->database(), u"ann"_s, Platform::Web);
    const auto call = world.speak(ann, kUsageNow, u"regrettable"_s);
    QVERIFY(world.rig.words.erase(ann, world.rig.of(ann).front().sid, kUsageNow).value());
    QVERIFY(world.rig.words.scrub());
    world.sweep();
    QCOMPARE(placesOf(scratch->database(), u"regrettable"_s), QStringList());
    if (scratch->database().dialect() == store::Dialect::Sqlite)
        QCOMPARE(filesWith(scratch->url(), u"regrettable"_s), QStringList());
    QVERIFY(!world.hasRecording(call));
    // Its account can be closed at once: the call is over, though it has no details.
    const auto removed = world.remover.removeAccount(ann, kUsageNow.addSecs(60));
    QVERIFY2(removed, removed ? "" : qPrintable(removed.error().message));
    QCOMPARE(placesOf(scratch->database(), call.recordingSid),
             QStringList{u"transcript_jobs.subject"_s});
}

void RetentionTest::recordingsThatComeLateGoToo()
{
    SCRATCH_DATABASE(scratch);
    World world(*scratch);
    const auto ann = addUser(scratch->database(), u"ann"_s, Platform::Web);
    const auto call = world.speak(ann, kUsageNow, u"early"_s);
    QVERIFY(world.rig.words.erase(ann, world.rig.of(ann).front().sid, kUsageNow).value());
    QVERIFY(world.rig.usage.calls.setRecordingSid(call.id, u"RElate"_s));
    QCOMPARE(world.run(), 1);
    QCOMPARE(placesOf(scratch->database(), u"RElate"_s), QStringList{u"transcript_jobs.subject"_s});
}

QTEST_GUILESS_MAIN(RetentionTest)
#include "tst_retention.moc"
