// The phone network's transcripts, against a service that answers with the vendor's own words.
#include "server/adapters/twilio/twilio_intelligence.h"
#include "tests/server/adapters/local_service.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>
#include <QUrl>

using base::Fault;
using server::core::CallDirection;
using server::core::VendorTranscript;
using server::twilio::TwilioIntelligence;
using namespace Qt::StringLiterals;

namespace {

const QString kSid = u"GT0123456789abcdef0123456789abcdef"_s;

/// As the vendor's documentation shows it.
QJsonObject transcript(const QString &status)
{
    return {{u"account_sid"_s, u"AC1"_s},
            {u"sid"_s, kSid},
            {u"status"_s, status},
            {u"language_code"_s, u"en-US"_s},
            {u"customer_key"_s, u"17"_s},
            {u"duration"_s, 12},
            {u"channel"_s,
             QJsonObject{{u"media_properties"_s, QJsonObject{{u"source_sid"_s, u"RE1"_s}}},
                         {u"participants"_s, QJsonArray{QJsonObject{{u"channel_participant"_s, 1},
                                                                    {u"role"_s, u"Agent"_s}}}}}}};
}

struct IntelligenceWorld
{
    tests::LocalService service;
    server::web::HttpClient web;
    TwilioIntelligence vendor{
        {service.url() + u"/v2"_s, u"AC1"_s, base::Secret("secret")}, u"GA1"_s, web};
    void answers(int status, const QJsonObject &body)
    {
        service.answerWith(sandbox::HttpAnswer::json(status, body));
    }
};

} // namespace

class TestTwilioIntelligence : public QObject
{
    Q_OBJECT

private slots:
    void asksForOneWithBothSidesNamed()
    {
        IntelligenceWorld world;
        world.answers(201, transcript(u"queued"_s));
        QCOMPARE(world.vendor.start(u"RE1"_s, u"17"_s, CallDirection::Inbound).value(), kSid);
        const auto requests = world.service.requests();
        QCOMPARE(requests.size(), size_t(1));
        QCOMPARE(requests[0].method, QByteArray("POST"));
        QCOMPARE(requests[0].path, QByteArray("/v2/Transcripts"));
        QCOMPARE(requests[0].headers.value("authorization"),
                 "Basic " + QByteArray("AC1:secret").toBase64());
        const sandbox::Form form = requests[0].form();
        QCOMPARE(form.fields().size(), 3); // nothing that the vendor does not know
        QCOMPARE(form.value(u"ServiceSid"_s), u"GA1"_s);
        QCOMPARE(form.value(u"CustomerKey"_s), u"17"_s);
        const QJsonObject channel =
            QJsonDocument::fromJson(form.value(u"Channel"_s).toUtf8()).object();
        QCOMPARE(channel[u"media_properties"_s].toObject()[u"source_sid"_s].toString(), u"RE1"_s);
        const QJsonArray participants = channel[u"participants"_s].toArray();
        QCOMPARE(participants.size(), 2);
        QCOMPARE(participants[0].toObject()[u"role"_s].toString(), u"Customer"_s);
        QCOMPARE(participants[1].toObject()[u"channel_participant"_s].toInt(), 2);
        QCOMPARE(participants[1].toObject()[u"role"_s].toString(), u"Agent"_s);
    }

    void readsTranscripts_data()
    {
        QTest::addColumn<int>("state");
        QTest::newRow("queued") << int(VendorTranscript::State::Pending);
        QTest::newRow("in-progress") << int(VendorTranscript::State::Pending);
        QTest::newRow("completed") << int(VendorTranscript::State::Completed);
        QTest::newRow("failed") << int(VendorTranscript::State::Failed);
        QTest::newRow("canceled") << int(VendorTranscript::State::Failed);
    }
    void readsTranscripts()
    {
        IntelligenceWorld world;
        world.answers(200, transcript(QString::fromLatin1(QTest::currentDataTag())));
        const auto found = world.vendor.find(kSid);
        QVERIFY(found);
        QTEST(int(found->state), "state");
        QCOMPARE(found->customerKey, u"17"_s);
        QCOMPARE(found->recordingSid, u"RE1"_s);
        QCOMPARE(found->roles.value(1), u"Agent"_s);
        QCOMPARE(world.service.requests()[0].path, "/v2/Transcripts/" + kSid.toLatin1());
    }

    void readsSentencesWithWhatIsMissing()
    {
        IntelligenceWorld world;
        world.answers(
            200, {{u"sentences"_s, QJsonArray{QJsonObject{{u"media_channel"_s, 1},
                                                          {u"sentence_index"_s, 0},
                                                          {u"start_time"_s, 1.25},
                                                          {u"end_time"_s, 2.5},
                                                          {u"transcript"_s, u"test"_s},
                                                          {u"confidence"_s, 0.75}},
                                              QJsonObject{{u"media_channel"_s, 2},
                                                          {u"start_time"_s, QJsonValue::Null},
                                                          {u"end_time"_s, -4},
                                                          {u"transcript"_s, QJsonValue::Null},
                                                          {u"confidence"_s, QJsonValue::Null}}}},
                  {u"meta"_s, QJsonObject{{u"next_page_url"_s, QJsonValue::Null}}}});
        const auto sentences = world.vendor.sentences(kSid);
        QVERIFY(sentences);
        QCOMPARE(sentences->size(), size_t(2));
        QCOMPARE(sentences->at(0).startMs, 1'250);
        QCOMPARE(sentences->at(0).endMs, 2'500);
        QCOMPARE(sentences->at(0).confidence.value(), 0.75);
        QCOMPARE(sentences->at(1).startMs, 0);
        QCOMPARE(sentences->at(1).endMs, 0);
        QVERIFY(!sentences->at(1).confidence);
        QCOMPARE(world.service.requests()[0].query, QByteArray("PageSize=1000"));
    }

    void pagesAreOurOwnHosts()
    {
        IntelligenceWorld world;
        world.answers(200, {{u"sentences"_s, QJsonArray{QJsonObject{{u"transcript"_s, u"x"_s}}}},
                            {u"meta"_s, QJsonObject{{u"next_page_url"_s,
                                                     u"https://elsewhere.example/v2/x?Page=1&"
                                                     "PageToken=PT%2F1"_s}}}});
        const auto sentences = world.vendor.sentences(kSid);
        QVERIFY(sentences);
        // A list that never ends is left at some point; the password went to nobody else.
        QCOMPARE(sentences->size(), size_t(20));
        QCOMPARE(world.service.requests().size(), size_t(20));
        QCOMPARE(world.service.requests()[1].query, QByteArray("Page=1&PageToken=PT%2F1"));
        QCOMPARE(world.service.requests()[1].path,
                 "/v2/Transcripts/" + kSid.toLatin1() + "/Sentences");
    }

    void listsThoseOfOneRecordingOnly()
    {
        IntelligenceWorld world;
        QJsonObject others = transcript(u"completed"_s);
        others.insert(u"channel"_s, QJsonObject{{u"media_properties"_s,
                                                 QJsonObject{{u"source_sid"_s, u"RE2"_s}}}});
        world.answers(200, {{u"transcripts"_s, QJsonArray{transcript(u"completed"_s), others}}});
        QCOMPARE(world.vendor.ofRecording(u"RE1"_s).value(), QStringList{kSid});
        QCOMPARE(world.service.requests()[0].query, QByteArray("PageSize=20&SourceSid=RE1"));
    }

    void saysWhetherAnotherTryMayHelp_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<Fault>("fault");
        const auto row = [](int status, Fault fault) {
            QTest::addRow("%d", status) << status << fault;
        };
        row(400, Fault::Invalid);
        row(401, Fault::Invalid);
        row(404, Fault::NotFound);
        row(408, Fault::Upstream);
        row(429, Fault::Upstream);
        row(500, Fault::Upstream);
        row(503, Fault::Upstream);
    }
    void saysWhetherAnotherTryMayHelp()
    {
        IntelligenceWorld world;
        QFETCH(int, status);
        world.answers(status, {{u"message"_s, u"why"_s}});
        const auto found = world.vendor.find(kSid);
        QVERIFY(!found);
        QTEST(found.error().fault, "fault");
        QCOMPARE(found.error().cause, u"why"_s);
    }

    void whatIsGoneIsRemoved()
    {
        IntelligenceWorld world;
        world.answers(404, {{u"message"_s, u"not found"_s}});
        QVERIFY(world.vendor.remove(kSid));
        QCOMPARE(world.service.requests()[0].method, QByteArray("DELETE"));
        world.answers(503, {});
        QVERIFY(!world.vendor.remove(kSid));
    }

    void withoutAnAccountNobodyIsAsked()
    {
        tests::LocalService service;
        server::web::HttpClient web;
        TwilioIntelligence vendor({service.url(), {}, {}}, {}, web);
        QCOMPARE(vendor.find(kSid).error().fault, Fault::Unavailable);
        QCOMPARE(vendor.start(u"RE1"_s, u"1"_s, CallDirection::Outbound).error().fault,
                 Fault::Invalid);
        QVERIFY(service.requests().empty());
    }
};

QTEST_GUILESS_MAIN(TestTwilioIntelligence)
#include "tst_twilio_intelligence.moc"
