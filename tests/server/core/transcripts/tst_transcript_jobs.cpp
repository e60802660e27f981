// What the phone network is asked, how often, and when again.
#include "server/core/transcripts/transcript_jobs.h"

#include <QTest>

using namespace server::core;
using namespace Qt::StringLiterals;
using base::Fault;
using base::Result;

namespace {

const QDateTime kNow(QDate(2026, 3, 2), QTime(10, 0), Qt::UTC);
const QString kRecording = u"RE1"_s;
const QString kSid = u"GT1"_s;

/// Everything outside the rules: jobs in memory, one call, and a vendor that does as it is told.
struct World final : TranscriptJobStore,
                     TranscriptStore,
                     WordStore,
                     TranscriptVendor,
                     RecordingVendor
{
    struct Entry
    {
        TranscriptJob job;
        QDateTime dueAt;
    };
    std::vector<Entry> jobs;
    std::optional<TranscriptCall> call =
        TranscriptCall{{7}, {3}, CallDirection::Outbound, kRecording};
    std::optional<Fault> fault; ///< of everything that is asked
    VendorTranscript::State state = VendorTranscript::State::Completed;
    QStringList known; ///< the vendor's transcripts of the recording
    QStringList asked;
    QStringList stored;
    QDateTime now = kNow;

    TranscriptService service{{*this, *this, *this, [this] { return now; }}};
    TranscriptJobs doer{{*this, service, *this, *this, [this] { return now; }, [] { return 0.5; }}};

    Result<> answer(const QString &what)
    {
        asked.append(what);
        if (fault)
            return base::fail(*fault, u"no"_s);
        return {};
    }

    // Jobs
    Result<> add(const TranscriptJob &job, const QDateTime &dueAt) override
    {
        for (Entry &entry : jobs) {
            if (entry.job.kind == job.kind && entry.job.subject == job.subject) {
                entry.dueAt = std::min(entry.dueAt, dueAt);
                return {};
            }
        }
        jobs.push_back({job, dueAt});
        jobs.back().job.id = qint64(jobs.size());
        return {};
    }
    Result<std::vector<TranscriptJob>> claimDue(const QDateTime &at, const QDateTime &,
                                                int) override
    {
        std::vector<TranscriptJob> due;
        for (const Entry &entry : jobs) {
            if (entry.dueAt <= at)
                due.push_back(entry.job);
        }
        return due;
    }
    Result<> finish(qint64 id) override
    {
        std::erase_if(jobs, [id](const Entry &entry) { return entry.job.id == id; });
        return {};
    }
    Result<> postpone(qint64 id, int attempts, const QDateTime &until) override
    {
        for (Entry &entry : jobs) {
            if (entry.job.id == id) {
                entry.job.attempts = attempts;
                entry.dueAt = until;
            }
        }
        return {};
    }

    // Transcripts
    Result<std::vector<Transcript>> ofOwner(base::UserId, const TranscriptQuery &) override
    {
        return std::vector<Transcript>();
    }
    Result<std::optional<Transcript>> find(base::UserId, const QString &) override
    {
        return std::optional<Transcript>();
    }
    Result<bool> hasVendor(const QString &) override { return false; }
    Result<QStringList> vendorSids(base::UserId) override { return QStringList(); }
    Result<std::optional<TranscriptCall>> callOf(const QString &, const QString &) override
    {
        return call;
    }
    Result<std::vector<TranscriptCall>> untranscribed(base::UserId, int) override
    {
        return std::vector<TranscriptCall>();
    }
    Result<bool> store(base::CallId, const QString &sid, const QString &, const QList<Sentence> &,
                       const QDateTime &) override
    {
        stored.append(sid);
        return true;
    }

    // Words
    Result<bool> erase(base::UserId, const QString &, const QDateTime &) override { return false; }
    Result<std::vector<base::UserId>> owners(const QDateTime &) override
    {
        return std::vector<base::UserId>();
    }
    Result<int> eraseOlder(base::UserId, const QDateTime &, const QDateTime &, int) override
    {
        return 0;
    }
    Result<int> eraseLatecomers(const QDateTime &) override { return 0; }
    Result<> scrub() override { return {}; }

    // The phone network
    Result<QString> start(const QString &recording, const QString &key, CallDirection) override
    {
        if (const auto answered = answer(u"start %1 for %2"_s.arg(recording, key)); !answered)
            return failed(answered);
        return kSid;
    }
    Result<VendorTranscript> find(const QString &sid) override
    {
        if (const auto answered = answer(u"find "_s + sid); !answered)
            return failed(answered);
        return VendorTranscript{sid, state, u"7"_s, kRecording, u"en-US"_s, {}};
    }
    Result<std::vector<VendorSentence>> sentences(const QString &) override
    {
        return std::vector<VendorSentence>{{1, 0, u"Hello."_s, 0, 500, {}}};
    }
    Result<QStringList> ofRecording(const QString &) override
    {
        if (const auto answered = answer(u"list"_s); !answered)
            return failed(answered);
        return known;
    }
    Result<> remove(const QString &sid) override { return answer(u"delete "_s + sid); }
    Result<> remove(const QString &sid, const QString &callSid) override
    {
        return answer(u"delete %1 of %2"_s.arg(sid, callSid));
    }

    /// Lets time pass until the only job is due, and does it; the milliseconds that took.
    qint64 doNext()
    {
        const qint64 waited = now.msecsTo(jobs.front().dueAt);
        now = std::max(now, jobs.front().dueAt);
        if (const auto done = doer.doDue(); !done || *done != 1)
            qFatal("one job was due");
        return waited;
    }
};

} // namespace

class TestTranscriptJobs : public QObject
{
    Q_OBJECT

private slots:
    void aRecordingIsTranscribedAndTheTranscriptFetched()
    {
        World world;
        Call call;
        call.id = {7};
        QVERIFY(world.doer.recordingReady(call, kRecording));
        QVERIFY(world.doer.recordingReady(call, kRecording)); // told twice
        QCOMPARE(world.doer.doDue().value(), 1);
        QCOMPARE(world.asked, QStringList({u"list"_s, u"start RE1 for 7"_s}));
        // Somebody will tell us; if not, we look after a minute.
        QCOMPARE(world.jobs.size(), size_t(1));
        QCOMPARE(world.now.secsTo(world.jobs[0].dueAt), 60);
        QVERIFY(world.doer.transcriptReady(kSid));
        QCOMPARE(world.jobs.size(), size_t(1));
        QCOMPARE(world.doNext(), 0);
        QCOMPARE(world.stored, QStringList{kSid});
        QVERIFY(world.jobs.empty());
    }

    void aSecondTranscriptIsNeverAskedFor()
    {
        World world;
        world.known = {u"GT0"_s};
        Call call;
        call.id = {7};
        QVERIFY(world.doer.recordingReady(call, kRecording));
        world.doNext();
        QCOMPARE(world.asked, QStringList{u"list"_s});
        QCOMPARE(world.jobs.at(0).job.subject, u"GT0"_s);
    }

    void threeMoreTriesWithGrowingPauses()
    {
        World world;
        world.fault = Fault::Upstream;
        QVERIFY(world.doer.transcriptReady(kSid));
        QCOMPARE(world.doNext(), 0);
        QCOMPARE(world.doNext(), 1'000);
        QCOMPARE(world.doNext(), 2'000);
        QCOMPARE(world.doNext(), 4'000);
        QVERIFY(world.jobs.empty());
        QCOMPARE(world.asked.size(), 4);
    }

    void whatNoTryCanHelpIsNotTriedAgain_data()
    {
        QTest::addColumn<Fault>("fault");
        QTest::newRow("refused") << Fault::Invalid;
        QTest::newRow("not there") << Fault::NotFound;
    }
    void whatNoTryCanHelpIsNotTriedAgain()
    {
        World world;
        QFETCH(Fault, fault);
        world.fault = fault;
        QVERIFY(world.doer.transcriptReady(kSid));
        world.doNext();
        QVERIFY(world.jobs.empty());
    }

    void nobodysTranscriptIsLeftAlone()
    {
        World world;
        world.call = std::nullopt;
        QVERIFY(world.doer.transcriptReady(kSid));
        world.doNext();
        QVERIFY(world.jobs.empty());
        QVERIFY(world.stored.isEmpty());
    }

    void anUnfinishedOneIsLookedAtForADay()
    {
        World world;
        world.state = VendorTranscript::State::Pending;
        QVERIFY(world.doer.transcriptReady(kSid));
        int looks = 0;
        for (; !world.jobs.empty(); ++looks)
            world.doNext();
        QCOMPARE(looks, 24 * 60 + 1);
        QVERIFY(world.stored.isEmpty());
    }

    void deletionsAreOwedUntilTheyAreDone()
    {
        World world;
        world.fault = Fault::Unauthenticated;
        TranscriptJob job{0,       TranscriptJobKind::DeleteRecording, kRecording, {7}, 0, kNow,
                          u"CA1"_s};
        QVERIFY(world.add(job, kNow));
        qint64 longest = 0;
        for (int i = 0; i < 40; ++i)
            longest = std::max(longest, world.doNext());
        QCOMPARE(longest, 3'600'000);
        world.fault = std::nullopt;
        world.doNext();
        QVERIFY(world.jobs.empty());
        QCOMPARE(world.asked.last(), u"delete RE1 of CA1"_s);
    }
};

QTEST_GUILESS_MAIN(TestTranscriptJobs)
#include "tst_transcript_jobs.moc"
