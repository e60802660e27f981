#include "console/api/live_message.h"

#include <QTest>

using namespace console::api;

class TstLiveMessage final : public QObject
{
    Q_OBJECT

private slots:
    void readsADelta()
    {
        const auto message = decodeLiveMessage(QStringLiteral(
            R"({"type":"delta","changed":[{"id":5,"state":"talking"}],"removed":[4,3],
                "levels":[[5,0.25,0.5],[6,-3,9],"rubbish",[1,2]]})"));
        QVERIFY(message);
        const auto &delta = std::get<LiveDelta>(*message);
        QCOMPARE(delta.changed.size(), 1);
        QCOMPARE(delta.changed[0].state, protocol::CallState::Talking);
        QCOMPARE(delta.removed, (QList<qint64>{4, 3}));
        QCOMPARE(delta.levels.size(), 2);
        QCOMPARE(delta.levels[0].agent, 0.5F);
        QCOMPARE(delta.levels[1].caller, 0.0F);
        QCOMPARE(delta.levels[1].agent, 1.0F);
    }

    void readsNews()
    {
        const auto line = decodeLiveMessage(QStringLiteral(
            R"({"type":"transcript","call_id":9,"line":{"item_id":"i","speaker":"agent","text":"hi"}})"));
        QVERIFY(line);
        QCOMPARE(std::get<LineNews>(*line).callId, 9);
        QCOMPARE(std::get<LineNews>(*line).line.text, QStringLiteral("hi"));
        const auto refused = decodeLiveMessage(
            QStringLiteral(R"({"type":"refused","request":"listen","call_id":9,"message":"no"})"));
        QCOMPARE(std::get<RefusedNews>(*refused).request, QStringLiteral("listen"));
    }

    void leavesRubbishAlone_data()
    {
        QTest::addColumn<QString>("text");
        QTest::newRow("empty") << QString();
        QTest::newRow("no JSON") << QStringLiteral("{{{");
        QTest::newRow("an array") << QStringLiteral("[1]");
        QTest::newRow("unknown type") << QStringLiteral(R"({"type":"weather"})");
        QTest::newRow("line without id") << QStringLiteral(R"({"type":"transcript","line":{}})");
        QTest::newRow("turn that is text") << QStringLiteral(R"({"type":"turn","turn":"x"})");
        QTest::newRow("type is a number") << QStringLiteral(R"({"type":7})");
    }

    void leavesRubbishAlone()
    {
        QFETCH(QString, text);
        QVERIFY(!decodeLiveMessage(text));
    }
};

QTEST_APPLESS_MAIN(TstLiveMessage)
#include "tst_live_message.moc"
