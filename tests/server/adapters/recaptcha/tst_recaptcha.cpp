#include "server/adapters/recaptcha/recaptcha.h"
#include "tests/server/adapters/local_service.h"

#include <QJsonArray>
#include <QTest>

using base::Fault;
using server::recaptcha::Recaptcha;
using namespace Qt::StringLiterals;

namespace {

sandbox::HttpAnswer verdict(bool isGood, const QString &code = {})
{
    QJsonObject body{{u"success"_s, isGood}};
    if (!code.isEmpty())
        body.insert(u"error-codes"_s, QJsonArray{code});
    return sandbox::HttpAnswer::json(200, body);
}

struct World
{
    tests::LocalService google;
    server::web::HttpClient web;
    Recaptcha captcha{{google.url(), u"site"_s, base::Secret("se&cret"), true}, web};
};

} // namespace

class TestRecaptcha : public QObject
{
    Q_OBJECT

private slots:
    void asksGoogle()
    {
        World world;
        world.google.answerWith(verdict(true));
        QVERIFY(world.captcha.check(u"tok=en+1"_s, u"192.0.2.7"_s));
        const auto requests = world.google.requests();
        QCOMPARE(requests.size(), size_t(1));
        QCOMPARE(requests[0].method, QByteArray("POST"));
        QCOMPARE(requests[0].path, QByteArray("/recaptcha/api/siteverify"));
        QCOMPARE(requests[0].body,
                 QByteArray("secret=se%26cret&response=tok%3Den%2B1&remoteip=192.0.2.7"));
        QCOMPARE(world.captcha.siteKey(), u"site"_s);
    }

    void refuses_data()
    {
        QTest::addColumn<QString>("token");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<Fault>("fault");
        QTest::addColumn<QString>("message");
        QTest::addColumn<int>("asked");
        const auto row = [](const char *name, const QString &token, int status,
                            const QByteArray &body, Fault fault, const char *message, int asked) {
            QTest::newRow(name) << token << status << body << fault << QString::fromLatin1(message)
                                << asked;
        };
        row("no token", {}, 200, "", Fault::Invalid, "CAPTCHA verification required", 0);
        row("far too long", QString(8193, u'a'), 200, "", Fault::Invalid,
            "CAPTCHA verification failed", 0);
        row("refused", u"t"_s, 200,
            R"({"success": false, "error-codes": ["timeout-or-duplicate"]})", Fault::Invalid,
            "CAPTCHA verification failed", 1);
        row("refused without a reason", u"t"_s, 200, R"({"success": false})", Fault::Invalid,
            "CAPTCHA verification failed", 1);
        row("our key is wrong", u"t"_s, 200,
            R"({"success": false, "error-codes": ["invalid-input-secret"]})", Fault::Unavailable,
            "CAPTCHA misconfigured", 1);
        row("out of order", u"t"_s, 503, "", Fault::Upstream, "CAPTCHA verification error", 1);
        row("no JSON", u"t"_s, 200, "<html>", Fault::Upstream, "CAPTCHA verification error", 1);
        row("a text is no truth", u"t"_s, 200, R"({"success": "true"})", Fault::Upstream,
            "CAPTCHA verification error", 1);
    }

    void refuses()
    {
        QFETCH(int, status);
        QFETCH(QByteArray, body);
        QFETCH(Fault, fault);
        QFETCH(int, asked);
        QFETCH(QString, token);
        World world;
        sandbox::HttpAnswer answer;
        answer.status = status;
        answer.body = body;
        world.google.answerWith(answer);
        const auto checked = world.captcha.check(token, u"192.0.2.7"_s);
        QVERIFY(!checked);
        QCOMPARE(checked.error().fault, fault);
        QTEST(checked.error().message, "message");
        QCOMPARE(int(world.google.requests().size()), asked);
    }

    void cannotBeReached()
    {
        server::web::HttpClient web;
        Recaptcha captcha({u"http://127.0.0.1:1"_s, u"s"_s, base::Secret("k"), true}, web);
        const auto checked = captcha.check(u"t"_s, {});
        QCOMPARE(checked.error().fault, Fault::Upstream);
        QCOMPARE(checked.error().message, u"CAPTCHA verification error"_s);
    }

    void offAsksNobody()
    {
        server::web::HttpClient web;
        Recaptcha captcha({u"http://127.0.0.1:1"_s, u"s"_s, base::Secret("k"), false}, web);
        QVERIFY(captcha.check({}, {}));
        QCOMPARE(captcha.siteKey(), QString());
    }
};

QTEST_GUILESS_MAIN(TestRecaptcha)
#include "tst_recaptcha.moc"
