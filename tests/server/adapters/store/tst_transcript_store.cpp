// Transcripts and the jobs about them in the database.
#include "server/adapters/store/sql_account_remover.h"
#include "tests/server/adapters/store/transcript_fixture.h"

#include <QSet>
#include <QTest>

#include <atomic>
#include <thread>

using namespace server;
using namespace Qt::StringLiterals;
using core::Platform;
using core::TranscriptJobKind;
using core::TranscriptQuery;
using tests::addUser;
using tests::kUsageNow;
using tests::TranscriptRig;

namespace {

const QString kVendorSid = u"GT0123456789abcdef0123456789abcdef"_s;

TranscriptQuery searching(const QString &words)
{
    TranscriptQuery query;
    query.words = words;
    return query;
}

QStringList subjectsOf(const std::vector<core::TranscriptJob> &jobs, TranscriptJobKind kind)
{
    QStringList subjects;
    for (const auto &job : jobs) {
        if (job.kind == kind)
            subjects.append(job.subject);
    }
    subjects.sort();
    return subjects;
}

} // namespace

class TranscriptStoreTest : public QObject
{
    Q_OBJECT
private slots:
    void aCallsEndLeavesOneTranscript_data() { tests::addBackendRows(); }
    void aCallsEndLeavesOneTranscript();
    void theVendorsTakesTheLiveOnesPlace_data() { tests::addBackendRows(); }
    void theVendorsTakesTheLiveOnesPlace();
    void everybodySeesTheirOwn_data() { tests::addBackendRows(); }
    void everybodySeesTheirOwn();
    void wordsAreFoundAsTheyStand_data() { tests::addBackendRows(); }
    void wordsAreFoundAsTheyStand();
    void filtersAndPages_data() { tests::addBackendRows(); }
    void filtersAndPages();
    void callsAreMatchedAndNeverGuessed_data() { tests::addBackendRows(); }
    void callsAreMatchedAndNeverGuessed();
    void jobsAreDoneByOneServerAtATime_data() { tests::addBackendRows(); }
    void jobsAreDoneByOneServerAtATime();
    void anAccountTakesEverythingAlong_data() { tests::addBackendRows(); }
    void anAccountTakesEverythingAlong();
};

void TranscriptStoreTest::aCallsEndLeavesOneTranscript()
{
    SCRATCH_DATABASE(scratch);
    TranscriptRig rig(scratch->database());
    const auto ann = addUser(scratch->database(), u"ann"_s, Platform::Web);
    const auto call = rig.spoken(ann, kUsageNow, u"Hello\nAnn."_s, u"Grüße!"_s);
    const auto all = rig.of(ann);
    QCOMPARE(all.size(), size_t(1));
    const core::Transcript &transcript = all.front();
    QVERIFY(transcript.sid.startsWith(u"RT"_s) && transcript.sid.size() == 34);
    QCOMPARE(transcript.call, call.id);
    QCOMPARE(core::fullText(transcript.sentences), u"Hello Ann.\nGrüße!"_s);
    QCOMPARE(transcript.sentences[0].endMs, 2'000);
    QCOMPARE(transcript.callDate, call.answeredAt);
    QCOMPARE(transcript.durationSeconds, 30);
    QCOMPARE(transcript.scenarioName, u"Default call"_s);
    QCOMPARE(transcript.source, core::TranscriptSource::Realtime);

    // The same end told again changes the words, not the name.
    core::CallEnding again;
    again.id = call.id;
    again.answeredAt = call.answeredAt;
    again.endedAt = call.endedAt;
    again.detail.callId = call.id.value;
    again.detail.transcript = {TranscriptRig::line(protocol::Speaker::Caller, u"Only this."_s, 0)};
    QVERIFY(rig.usage.calls.storeEnding(again));
    QCOMPARE(rig.of(ann).size(), size_t(1));
    QCOMPARE(rig.of(ann).front().sid, transcript.sid);
    QCOMPARE(core::fullText(rig.of(ann).front().sentences), u"Only this."_s);

    // Nothing said, nothing to read.
    rig.spoken(ann, kUsageNow, QString(), u" "_s);
    QCOMPARE(rig.of(ann).size(), size_t(1));
}

void TranscriptStoreTest::theVendorsTakesTheLiveOnesPlace()
{
    SCRATCH_DATABASE(scratch);
    TranscriptRig rig(scratch->database());
    const auto ann = addUser(scratch->database(), u"ann"_s, Platform::Web);
    const auto call = rig.spoken(ann, kUsageNow, u"live words"_s, u"yes"_s);
    const QString sid = rig.of(ann).front().sid;
    QVERIFY(!rig.transcripts.hasVendor(kVendorSid).value());
    const QList<core::Sentence> sentences{{u"Better words."_s, core::kAgentChannel, 10, 20, 0.5}};
    for (int i = 0; i < 2; ++i)
        QVERIFY(
            rig.transcripts.store(call.id, kVendorSid, u"en-GB"_s, sentences, kUsageNow.addSecs(9))
                .value());
    const auto all = rig.of(ann);
    QCOMPARE(all.size(), size_t(1));
    QCOMPARE(all.front().sid, sid);
    QCOMPARE(all.front().sentences, sentences);
    QCOMPARE(all.front().source, core::TranscriptSource::Twilio);
    QCOMPARE(all.front().languageCode, u"en-GB"_s);
    QCOMPARE(all.front().createdAt, call.endedAt);
    QCOMPARE(all.front().updatedAt, kUsageNow.addSecs(9));
    QVERIFY(rig.transcripts.hasVendor(kVendorSid).value());
    QCOMPARE(rig.transcripts.vendorSids(ann).value(), QStringList{kVendorSid});
    QCOMPARE(rig.transcripts.find(ann, kVendorSid).value()->sid, sid);
    QVERIFY(rig.of(ann, searching(u"live words"_s)).empty());

    // The live session's word comes late: it replaces nothing any more.
    core::CallEnding late;
    late.id = call.id;
    late.answeredAt = call.answeredAt;
    late.endedAt = call.endedAt;
    late.detail.transcript = {TranscriptRig::line(protocol::Speaker::Caller, u"late"_s, 0)};
    QVERIFY(rig.usage.calls.storeEnding(late));
    QCOMPARE(rig.of(ann).front().sentences, sentences);
}

void TranscriptStoreTest::everybodySeesTheirOwn()
{
    SCRATCH_DATABASE(scratch);
    TranscriptRig rig(scratch->database());
    const auto ann = addUser(scratch->database(), u"ann"_s, Platform::Web);
    const auto ben = addUser(scratch->database(), u"ben"_s, Platform::Web);
    const auto call = rig.spoken(ann, kUsageNow, u"secret"_s, u"yes"_s);
    const QString sid = rig.of(ann).front().sid;
    QVERIFY(rig.of(ben).empty());
    QVERIFY(rig.of(ben, searching(u"secret"_s)).empty());
    QVERIFY(!rig.transcripts.find(ben, sid).value());
    QVERIFY(!rig.words.erase(ben, sid, kUsageNow).value());
    TranscriptQuery query;
    query.recordingSid = TranscriptRig::vendorRecordingOf(call.id);
    QVERIFY(rig.of(ben, query).empty());
    QCOMPARE(rig.of(ann, query).size(), size_t(1));
    QVERIFY(rig.transcripts.untranscribed(ben, 9).value().empty());
    QCOMPARE(rig.transcripts.untranscribed(ann, 9).value().size(), size_t(1));
}

void TranscriptStoreTest::wordsAreFoundAsTheyStand()
{
    SCRATCH_DATABASE(scratch);
    TranscriptRig rig(scratch->database());
    const auto ann = addUser(scratch->database(), u"ann"_s, Platform::Web);
    rig.spoken(ann, kUsageNow, u"You save 50% on item_1 in KÖLN."_s, u"'Quoted' \\ back"_s);
    const auto count = [&](const QString &words) {
        return int(rig.of(ann, searching(words)).size());
    };
    for (const auto &there : {u"50%"_s, u"item_1"_s, u"köln"_s, u"KÖLN. 'quoted'"_s, u"\\ BACK"_s,
                              u"  you   SAVE "_s, QString()})
        QVERIFY2(count(there) == 1, qPrintable(there));
    for (const auto &missing :
         {u"5_%"_s, u"item%1"_s, u"itemx1"_s, u"%"_s + u"back"_s, u"koln"_s, u"' OR 1=1 --"_s})
        QVERIFY2(count(missing) == 0, qPrintable(missing));
}

void TranscriptStoreTest::filtersAndPages()
{
    SCRATCH_DATABASE(scratch);
    TranscriptRig rig(scratch->database());
    const auto ann = addUser(scratch->database(), u"ann"_s, Platform::Web);
    for (int day = 0; day < 5; ++day)
        rig.spoken(ann, kUsageNow.addDays(-day), u"day %1"_s.arg(day), u"yes"_s);
    TranscriptQuery query;
    query.limit = 2;
    query.offset = 1;
    query.order = TranscriptQuery::Order::NewestCall;
    const auto page = rig.of(ann, query);
    QCOMPARE(page.size(), size_t(2));
    QVERIFY(core::fullText(page[0].sentences).startsWith(u"day 1"_s));
    QVERIFY(core::fullText(page[1].sentences).startsWith(u"day 2"_s));
    TranscriptQuery between;
    between.from = kUsageNow.addDays(-3);
    between.to = kUsageNow.addDays(-1);
    QCOMPARE(rig.of(ann, between).size(), size_t(2)); // answered 30 s before these bounds
    TranscriptQuery inbound;
    inbound.direction = core::CallDirection::Inbound;
    QVERIFY(rig.of(ann, inbound).empty());
    inbound.direction = core::CallDirection::Outbound;
    QCOMPARE(rig.of(ann, inbound).size(), size_t(5));
    for (const auto &scenario : {u"default"_s, u"Default call"_s}) {
        TranscriptQuery named;
        named.scenario = scenario;
        QCOMPARE(rig.of(ann, named).size(), size_t(5));
    }
    TranscriptQuery other;
    other.scenario = u"Default"_s;
    QVERIFY(rig.of(ann, other).empty());
}

void TranscriptStoreTest::callsAreMatchedAndNeverGuessed()
{
    SCRATCH_DATABASE(scratch);
    TranscriptRig rig(scratch->database());
    const auto ann = addUser(scratch->database(), u"ann"_s, Platform::Web);
    const auto one = rig.spoken(ann, kUsageNow, u"one"_s, u"yes"_s);
    const auto two = rig.spoken(ann, kUsageNow, u"two"_s, u"yes"_s);
    const auto match = [&](const QString &key, const QString &recording) {
        const auto found = rig.transcripts.callOf(key, recording).value();
        return found ? found->id.value : 0;
    };
    const QString oneId = QString::number(one.id.value);
    QCOMPARE(match(oneId, {}), one.id.value);
    QCOMPARE(match(one.callSid, {}), one.id.value);
    QCOMPARE(match({}, one.recordingSid), one.id.value);
    QCOMPARE(match(oneId, one.recordingSid), one.id.value);
    QCOMPARE(match(u"somebody else's key"_s, two.recordingSid), two.id.value);
    QCOMPARE(match(oneId, two.recordingSid), 0);
    QCOMPARE(match({}, {}), 0);
    QCOMPARE(match(u"999999"_s, u"RE999999"_s), 0);
    QVERIFY(rig.words
                .erase(ann,
                       rig.transcripts.find(ann, rig.of(ann, searching(u"one"_s)).front().sid)
                           .value()
                           ->sid,
                       kUsageNow)
                .value());
    QCOMPARE(match(oneId, {}), 0);
    QVERIFY(
        !rig.transcripts.store(one.id, kVendorSid, u"en-US"_s, {{u"back"_s, 0, 0, 1}}, kUsageNow)
             .value());
    QVERIFY(rig.of(ann, searching(u"back"_s)).empty());
}

void TranscriptStoreTest::jobsAreDoneByOneServerAtATime()
{
    SCRATCH_DATABASE(scratch);
    store::SqlTranscriptJobStore first(scratch->database());
    constexpr int kJobs = 60;
    for (int i = 0; i < kJobs; ++i) {
        const core::TranscriptJob job{0,        TranscriptJobKind::Fetch, u"GT%1"_s.arg(i), {}, 0,
                                      kUsageNow};
        QVERIFY(first.add(job, kUsageNow));
        QVERIFY(first.add(job, kUsageNow.addDays(1))); // told again: as due as before
    }
    const auto other = scratch->another();
    store::SqlTranscriptJobStore second(*other);
    std::mutex mutex;
    QSet<qint64> seen;
    std::atomic<int> claimed = 0;
    const auto work = [&](store::SqlTranscriptJobStore &jobs) {
        for (;;) {
            const auto due = jobs.claimDue(kUsageNow, kUsageNow.addSecs(-180), 7);
            if (!due || due->empty())
                return;
            const std::lock_guard lock(mutex);
            claimed += int(due->size());
            for (const auto &job : *due)
                seen.insert(job.id);
        }
    };
    std::thread thread([&] { work(second); });
    work(first);
    thread.join();
    QCOMPARE(claimed.load(), kJobs);
    QCOMPARE(seen.size(), kJobs);
    // Whoever claimed them and died has three minutes.
    const auto stale = first.claimDue(kUsageNow.addSecs(200), kUsageNow.addSecs(1), 100).value();
    QCOMPARE(stale.size(), size_t(kJobs));
    QVERIFY(first.finish(stale[0].id));
    QVERIFY(first.postpone(stale[1].id, 2, kUsageNow.addSecs(300)));
    QCOMPARE(first.claimDue(kUsageNow.addSecs(299), kUsageNow, 100).value().size(), size_t(0));
    const auto due = first.claimDue(kUsageNow.addSecs(300), kUsageNow, 100).value();
    QCOMPARE(due.size(), size_t(1));
    QCOMPARE(due[0].id, stale[1].id);
    QCOMPARE(due[0].attempts, 2);
    QCOMPARE(due[0].createdAt, kUsageNow);
}

void TranscriptStoreTest::anAccountTakesEverythingAlong()
{
    SCRATCH_DATABASE(scratch);
    TranscriptRig rig(scratch->database());
    const auto ann = addUser(scratch->database(), u"ann"_s, Platform::Web);
    const auto ben = addUser(scratch->database(), u"ben"_s, Platform::Web);
    const QDateTime ended = kUsageNow.addDays(-1);
    const auto call = rig.spoken(ann, ended, u"gone"_s, u"yes"_s);
    const auto awaited = rig.spoken(ann, ended, u"gone too"_s, u"yes"_s);
    rig.spoken(ben, ended, u"stays"_s, u"yes"_s);
    QVERIFY(rig.transcripts.store(call.id, kVendorSid, u"en-US"_s, {{u"words"_s, 0, 0, 1}}, ended)
                .value());
    QVERIFY(rig.jobs.add({0, TranscriptJobKind::Fetch, u"GTawaited"_s, awaited.id, 0, ended},
                         kUsageNow.addDays(9)));
    store::SqlAccountRemover remover(scratch->database());
    const auto removed = remover.removeAccount(ann, kUsageNow);
    QVERIFY2(removed, removed ? "" : qPrintable(removed.error().cause));
    QCOMPARE(rig.of(ben).size(), size_t(1));
    QVERIFY(!rig.transcripts.hasVendor(kVendorSid).value());
    const auto jobs = rig.jobs.claimDue(kUsageNow, kUsageNow, 100).value();
    QStringList recordings{call.recordingSid, awaited.recordingSid};
    recordings.sort();
    QCOMPARE(subjectsOf(jobs, TranscriptJobKind::DeleteRecording), recordings);
    QCOMPARE(subjectsOf(jobs, TranscriptJobKind::DeleteTranscript),
             QStringList({kVendorSid, u"GTawaited"_s}));
}

QTEST_GUILESS_MAIN(TranscriptStoreTest)
#include "tst_transcript_store.moc"
