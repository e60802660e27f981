// Webhook signatures against Stripe's own SDK: what it signs we take, everything else we refuse,
// and what the sandbox signs it takes.
#include "tests/conformance/node.h"
#include "tests/journeys/stage.h"

#include <QTest>

using namespace tests;
using namespace Qt::StringLiterals;

class StripeSignatures : public QObject
{
    Q_OBJECT
private slots:
    void agreeWithTheSdk()
    {
        if (const QString why = node::obstacle({u"stripe"_s}); !why.isEmpty())
            QSKIP(qPrintable(why));
        Stage stage(Stage::Store::Sqlite);
        QVERIFY2(stage.isReady(), qPrintable(stage.why()));
        auto &stripe = stage.sandbox().stripe();
        const QByteArray body =
            QJsonDocument(stripe.event(u"price.updated"_s, {{u"id"_s, u"price_1"_s}})).toJson();
        const QJsonObject sample{{u"body"_s, QString::fromUtf8(body)},
                                 {u"header"_s, QString::fromLatin1(stripe.signature(body))}};
        const auto outcome = node::run(
            {node::ownFile(u"stripe.mjs"_s), node::packageFile(u"stripe/cjs/stripe.cjs.node.js"_s),
             stage.server().url().toString(), QString::fromLatin1(stripe.settings().webhookSecret),
             QString::fromUtf8(QJsonDocument(sample).toJson(QJsonDocument::Compact))});
        QVERIFY2(outcome.isGood, outcome.output);
        QVERIFY2(outcome.output.contains("18 of 18 as expected"), outcome.output);
    }
};

QTEST_GUILESS_MAIN(StripeSignatures)
#include "tst_stripe_signatures.moc"
