#include "server/api/twiml.h"

#include <QObject>
#include <QTest>

using namespace server::api;

class TwimlTest : public QObject
{
    Q_OBJECT
private slots:
    void streamTakesItsValuesAsParameters()
    {
        QCOMPARE(
            twiml::connectStream(QStringLiteral("wss://api.example.com/media-stream/default"),
                                 {{QStringLiteral("token"), QStringLiteral("a&b<\"c\">")}}),
            QByteArray(
                R"(<?xml version="1.0" encoding="UTF-8"?><Response><Connect>)"
                R"(<Stream url="wss://api.example.com/media-stream/default">)"
                R"(<Parameter name="token" value="a&amp;b&lt;&quot;c&quot;&gt;"/></Stream></Connect>)"
                "<Hangup/></Response>\n"));
    }
    void whatIsSaidBeforeTheStreamComesFirst()
    {
        QVERIFY(twiml::connectStream(QStringLiteral("wss://h/x"), {}, QStringLiteral("A & B"))
                    .contains("<Response><Say>A &amp; B</Say><Connect>"));
        QVERIFY(!twiml::connectStream(QStringLiteral("wss://h/x"), {}).contains("<Say>"));
    }
    void spokenTextIsEscaped()
    {
        const QByteArray xml = twiml::sayAndHangUp(QStringLiteral("Tom & Jerry"));
        QVERIFY(xml.contains("<Say>Tom &amp; Jerry</Say><Hangup/>"));
    }
    void pauseIsInWholeSeconds() { QVERIFY(twiml::pause(60).contains(R"(<Pause length="60"/>)")); }
};

QTEST_APPLESS_MAIN(TwimlTest)
#include "tst_twiml.moc"
