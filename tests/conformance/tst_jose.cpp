// Access tokens against npm's jose, an implementation that shares no line with ours.
#include "tests/journeys/stage.h"

#include <QProcess>
#include <QStandardPaths>
#include <QTest>

using tests::Stage;
using namespace Qt::StringLiterals;

class JoseTest : public QObject
{
    Q_OBJECT
private slots:
    void agreesWithJose()
    {
        const QString node = QStandardPaths::findExecutable(u"node"_s);
        const QString source = qEnvironmentVariable("HOUSE_SOURCE");
        const QString library = source + u"/build/vendor/jose/dist/node/esm/index.js"_s;
        if (node.isEmpty())
            QSKIP("no Node.js");
        if (!QFile::exists(library))
            QSKIP("no build/vendor/jose (./run tests fetches it)");
        Stage stage(Stage::Store::Sqlite);
        QVERIFY2(stage.isReady(), qPrintable(stage.why()));

        QProcess script;
        script.setProcessChannelMode(QProcess::MergedChannels);
        script.start(node,
                     {source + u"/tests/conformance/jose.mjs"_s, library,
                      stage.server().url().toString(), stage.environment().value(u"SECRET_KEY"_s)});
        const bool isOver =
            QTest::qWaitFor([&script] { return script.state() == QProcess::NotRunning; }, 60'000);
        const QByteArray output = script.readAll();
        QVERIFY2(isOver && script.exitStatus() == QProcess::NormalExit && script.exitCode() == 0,
                 output);
        QVERIFY2(output.contains("17 of 17 as expected"), output);
    }
};

QTEST_GUILESS_MAIN(JoseTest)
#include "tst_jose.moc"
