#include "server/adapters/twilio/request_signature.h"

#include <QObject>
#include <QTest>

using server::twilio::RequestSignature;

namespace {

const RequestSignature kSignature{base::Secret("test_auth_token")};
const QString kCallback = QStringLiteral("https://api.example.com/twilio-callback");
const RequestSignature::Fields kFields{{QStringLiteral("From"), QStringLiteral("+14155550100")},
                                       {QStringLiteral("CallSid"), QStringLiteral("CA0001")},
                                       {QStringLiteral("CallStatus"), QStringLiteral("completed")}};

} // namespace

class RequestSignatureTest : public QObject
{
    Q_OBJECT
private slots:
    void knownSignaturesVerify_data();
    void knownSignaturesVerify();
    void othersDoNot_data();
    void othersDoNot();
    void repeatedFieldsCountOnce();
    void jsonBodyIsBoundByItsHash();
    void withoutTokenNothingVerifies();
};

void RequestSignatureTest::knownSignaturesVerify_data()
{
    QTest::addColumn<QString>("url");
    QTest::addColumn<bool>("hasFields");
    QTest::addColumn<QByteArray>("signature");
    QTest::newRow("form") << kCallback << true << QByteArray("+biDlqRvbBhCKptgl0k2tpaH5N4=");
    QTest::newRow("form, signed with the port")
        << kCallback << true << QByteArray("uiRzlIFZkZaAH5/NfbubNislrv0=");
    QTest::newRow("form, port in our URL")
        << QStringLiteral("https://api.example.com:443/twilio-callback") << true
        << QByteArray("+biDlqRvbBhCKptgl0k2tpaH5N4=");
    QTest::newRow("handshake") << QStringLiteral("wss://api.example.com/media-stream/default")
                               << false << QByteArray("ifo6Jzyn1ZeVPOq+RMF72WD+ILI=");
}

void RequestSignatureTest::knownSignaturesVerify()
{
    QFETCH(QString, url);
    QFETCH(bool, hasFields);
    QFETCH(QByteArray, signature);
    QVERIFY(kSignature.isValid(url, hasFields ? kFields : RequestSignature::Fields(), signature));
}

void RequestSignatureTest::othersDoNot_data()
{
    QTest::addColumn<QString>("url");
    QTest::addColumn<QByteArray>("signature");
    QTest::newRow("none") << kCallback << QByteArray();
    QTest::newRow("of another address")
        << kCallback + QStringLiteral("?x=1") << QByteArray("+biDlqRvbBhCKptgl0k2tpaH5N4=");
    QTest::newRow("cut short") << kCallback << QByteArray("+biDlqRvbBhCKptgl0k2tpaH5N4");
    QTest::newRow("one bit off") << kCallback << QByteArray("+biDlqRvbBhCKptgl0k2tpaH5N8=");
    QTest::newRow("not base64") << kCallback << QByteArray("\xff\xfe");
}

void RequestSignatureTest::othersDoNot()
{
    QFETCH(QString, url);
    QFETCH(QByteArray, signature);
    QVERIFY(!kSignature.isValid(url, kFields, signature));
}

void RequestSignatureTest::repeatedFieldsCountOnce()
{
    RequestSignature::Fields twice = kFields;
    twice.append(kFields.first());
    QCOMPARE(kSignature.sign(kCallback, twice), kSignature.sign(kCallback, kFields));
}

void RequestSignatureTest::jsonBodyIsBoundByItsHash()
{
    const QByteArray body =
        R"({"transcript_sid":"GT1","event_type":"voice_intelligence_transcript_available"})";
    const QString url =
        QStringLiteral("https://api.example.com/twilio-transcripts/webhook-callback?bodySHA256="
                       "630a99747ec1efa1bf09b1372220fda628397fa3a6e773f0aaf02980769d3ce9");
    QVERIFY(kSignature.isValidJson(url, body, "ELrmksXhmKihpInoOwhnIegC6/s="));
    QVERIFY(!kSignature.isValidJson(url, body + ' ', "ELrmksXhmKihpInoOwhnIegC6/s="));
}

void RequestSignatureTest::withoutTokenNothingVerifies()
{
    const RequestSignature empty{base::Secret()};
    QVERIFY(!empty.isValid(kCallback, kFields, empty.sign(kCallback, kFields)));
}

QTEST_APPLESS_MAIN(RequestSignatureTest)
#include "tst_request_signature.moc"
