// Access tokens against npm's jose, an implementation that shares no line with ours.
#include "tests/conformance/node.h"
#include "tests/journeys/stage.h"

#include <QTest>

using namespace tests;
using namespace Qt::StringLiterals;

class JoseTest : public QObject
{
    Q_OBJECT
private slots:
    void agreesWithJose()
    {
        if (const QString why = node::obstacle({u"jose"_s}); !why.isEmpty())
            QSKIP(qPrintable(why));
        Stage stage(Stage::Store::Sqlite);
        QVERIFY2(stage.isReady(), qPrintable(stage.why()));
        const auto outcome = node::run(
            {node::ownFile(u"jose.mjs"_s), node::packageFile(u"jose/dist/node/esm/index.js"_s),
             stage.server().url().toString(), stage.environment().value(u"SECRET_KEY"_s)});
        QVERIFY2(outcome.isGood, outcome.output);
        QVERIFY2(outcome.output.contains("17 of 17 as expected"), outcome.output);
    }
};

QTEST_GUILESS_MAIN(JoseTest)
#include "tst_jose.moc"
