// Figures, search, summaries, files, and the phone network's transcripts.
#include "server/core/transcripts/retention.h"
#include "server/core/transcripts/transcript_summary.h"
#include "server/core/transcripts/transcript_text.h"
#include "server/core/transcripts/vendor_transcript.h"

#include <QTest>

using namespace server::core;
using namespace Qt::StringLiterals;

namespace {

Sentence said(int channel, const QString &text, qint64 startMs = 0, qint64 endMs = 1'000)
{
    return {text, channel, startMs, endMs};
}

Transcript example()
{
    Transcript transcript;
    transcript.scenarioName = u"Customer service"_s;
    transcript.callDate = QDateTime(QDate(2026, 3, 2), QTime(10, 5), Qt::UTC);
    transcript.durationSeconds = 65;
    transcript.sentences = {said(kAgentChannel, u"Hello <you> & all."_s, 250, 2'000),
                            said(kCustomerChannel, u"Grüß Gott."_s, 61'500, 61'500)};
    return transcript;
}

} // namespace

class TestTranscript : public QObject
{
    Q_OBJECT

private slots:
    void figuresAreCounted()
    {
        const auto figures = figuresOf({said(kAgentChannel, u"one two three"_s, 0, 3'000),
                                        said(kCustomerChannel, u"four"_s, 3'000, 4'000),
                                        {u"five  six"_s, kAgentChannel, 4'000, 5'000, 0.4}});
        QCOMPARE(figures.words, 6);
        QCOMPARE(figures.speakingMs, 5'000);
        QCOMPARE(figures.averageConfidence, 0.8);
        QCOMPARE(figures.participants.size(), 2);
        QCOMPARE(figures.participants[0].channel, kCustomerChannel);
        QCOMPARE(figures.participants[1].words, 5);
        QCOMPARE(figures.participants[1].sentences, 2);
        QCOMPARE(figures.participants[1].speakingMs, 4'000);
        QCOMPARE(figuresOf({}).averageConfidence, 0.0);
    }

    void searchFormsMatch_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("words");
        QTest::addColumn<bool>("found");
        const auto row = [](const char *name, const char *text, const char *words, bool found) {
            QTest::newRow(name) << QString::fromUtf8(text) << QString::fromUtf8(words) << found;
        };
        row("any case", "Call the BANK", "the bank", true);
        row("umlauts", "GRÜSSE aus Köln", "grüße AUS KÖLN", true);
        row("Greek final sigma", "ΟΔΟΣ", "οδος", true);
        row("decomposed", "Cafe\u0301", "café", true);
        row("ligature", "the ﬁrst", "FIRST", true);
        row("over a line break", "one\ntwo", "one  two", true);
        row("percent is a letter", "a hundred euros", "a%euros", false);
        row("accents count", "resume", "résumé", false);
    }
    void searchFormsMatch()
    {
        QFETCH(QString, text);
        QFETCH(QString, words);
        QTEST(searchForm(text).contains(searchForm(words)), "found");
    }

    void summariesAreShortAndOutOfTheCall()
    {
        QList<Sentence> call;
        const QString filler = u"Well, nothing of note was mentioned by anybody so far today. "_s;
        for (int i = 0; i < 6; ++i)
            call.append(said(kAgentChannel, filler + QString::number(i)));
        call.append(said(kCustomerChannel, u"My invoice is wrong. The invoice lists two payments. "
                                           "Please send a new invoice without these payments."_s));
        const QString summary = summaryOf(call);
        QVERIFY2(summary.size() <= 160 && !summary.isEmpty(), qPrintable(summary));
        QCOMPARE(summaryOf(call), summary);
        QVERIFY2(fullText(call).contains(summary.section(u'.', 0, 0)), qPrintable(summary));
    }

    void summariesKeepTheirLimit_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("summary");
        QTest::newRow("nothing") << QString() << QString();
        QTest::newRow("short") << u"Yes. Of course."_s << u"Yes. Of course."_s;
        QTest::newRow("too long") << u"one two three four five six"_s << u"one two three…"_s;
        QTest::newRow("one long word") << QString(30, u'x') << QString(17, u'x') + u'…';
        QTest::newRow("not within a character")
            << QString(16, u'x') + QString::fromUtf8("😀😀") << QString(16, u'x') + u'…';
    }
    void summariesKeepTheirLimit()
    {
        QFETCH(QString, text);
        QList<Sentence> call;
        if (!text.isEmpty())
            call.append(said(0, text));
        QTEST(summaryOf(call, 18), "summary");
    }

    void filesSayWhoAndWhen()
    {
        QCOMPARE(toPlainText(example()),
                 QByteArray("Customer service, 2026-03-02 10:05 UTC, 1:05\n\n"
                            "[0:00] AI Agent: Hello <you> & all.\n[1:01] Customer: Grüß Gott.\n"));
        QCOMPARE(toWebVtt(example()),
                 QByteArray("WEBVTT\n\n00:00:00.250 --> 00:00:02.000\n"
                            "<v AI Agent>Hello &lt;you&gt; &amp; all.\n\n"
                            "00:01:01.500 --> 00:01:02.000\n<v Customer>Grüß Gott.\n"));
        QCOMPARE(toSubRip(example()),
                 QByteArray("1\n00:00:00,250 --> 00:00:02,000\nAI Agent: Hello <you> & all.\n\n"
                            "2\n00:01:01,500 --> 00:01:02,000\nCustomer: Grüß Gott.\n\n"));
    }

    void recordedChannelsAreMappedByDirection_data()
    {
        QTest::addColumn<bool>("isInbound");
        QTest::addColumn<QString>("firstRole");
        QTest::addColumn<int>("channel");
        QTest::addColumn<int>("ours");
        const auto row = [](const char *name, bool isInbound, const char *role, int channel,
                            int ours) {
            QTest::newRow(name) << isInbound << QString::fromLatin1(role) << channel << ours;
        };
        row("outgoing: we are first", false, "", 1, kAgentChannel);
        row("outgoing: they are second", false, "", 2, kCustomerChannel);
        row("incoming: they are first", true, "", 1, kCustomerChannel);
        row("incoming: we are second", true, "", 2, kAgentChannel);
        row("a role says so", true, "Agent", 1, kAgentChannel);
        row("the other role too", false, "Customer", 1, kCustomerChannel);
        row("a third party", false, "", 3, 3);
        row("no channel", false, "", 0, 2);
    }
    void recordedChannelsAreMappedByDirection()
    {
        QFETCH(bool, isInbound);
        QFETCH(QString, firstRole);
        QFETCH(int, channel);
        VendorTranscript transcript;
        if (!firstRole.isEmpty())
            transcript.roles.insert(1, firstRole);
        const auto sentences =
            sentencesOf(transcript, {{channel, 0, u"x"_s, 0, 0, {}}},
                        isInbound ? CallDirection::Inbound : CallDirection::Outbound);
        QTEST(sentences.at(0).channel, "ours");
    }

    void vendorSentencesComeInOrderAndTidy()
    {
        const auto sentences = sentencesOf(VendorTranscript{},
                                           {{1, 2, u" c "_s, 2'000, 1'000, 1.5},
                                            {1, 1, u"b"_s, 500, 900, 0.25},
                                            {2, 0, u"a"_s, 500, 700, {}},
                                            {1, 3, u" "_s, 3'000, 4'000, {}}},
                                           CallDirection::Outbound);
        const QList<Sentence> expected{{u"a"_s, kCustomerChannel, 500, 700, 1},
                                       {u"b"_s, kAgentChannel, 500, 900, 0.25},
                                       {u"c"_s, kAgentChannel, 2'000, 2'000, 1}};
        QCOMPARE(sentences, expected);
    }

    void vendorNamesAreRecognised()
    {
        QVERIFY(isVendorSid(u"GT0123456789abcdefABCDEF0123456789"_s));
        for (const auto &no :
             {u"RT0123456789abcdef0123456789abcdef"_s, u"GT0123"_s, QString(),
              u"GT0123456789abcdef0123456789abcdef\n"_s, u"GT0123456789abcdef0123456789abcdeg"_s})
            QVERIFY2(!isVendorSid(no), qPrintable(no));
    }

    void plansKeepForTheirTime_data()
    {
        QTest::addColumn<QString>("plan");    // empty: the trial
        QTest::addColumn<int>("expiredDays"); // since the paid period's end
        QTest::addColumn<int>("days");
        const auto row = [](const char *plan, int expired, int days) {
            QTest::addRow("%s %d", plan, expired) << QString::fromLatin1(plan) << expired << days;
        };
        row("", 0, 30);
        row("basic_monthly", -1, 30);
        row("pro_monthly", -1, 90);
        row("enterprise_monthly", -1, 365);
        row("usage_based", -1, 30);
        row("pro_monthly", 2, 90); // grace
        row("pro_monthly", 4, 30);
    }
    void plansKeepForTheirTime()
    {
        QFETCH(QString, plan);
        QFETCH(int, expiredDays);
        const QDateTime now(QDate(2026, 3, 2), QTime(10, 0), Qt::UTC);
        const auto catalogue = PlanCatalogue::fromJson(PlanCatalogue::builtin());
        QVERIFY2(catalogue, catalogue ? "" : qPrintable(catalogue.error().message));
        Standing standing;
        if (!plan.isEmpty()) {
            Subscription subscription;
            subscription.plan = plan;
            subscription.endsAt = now.addDays(-expiredDays);
            standing.subscription = subscription;
        }
        QTEST(int(storageTime(standing, *catalogue, now).count()), "days");
        standing.isStaff = true;
        QCOMPARE(int(storageTime(standing, *catalogue, now).count()), 365);
    }
};

QTEST_GUILESS_MAIN(TestTranscript)
#include "tst_transcript.moc"
