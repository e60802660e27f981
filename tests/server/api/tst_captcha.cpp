#include "server/api/captcha.h"

#include <QTest>

using namespace server;
using http::Request;

namespace {

/// Content with one word; remembers what it was asked.
class OneWord final : public core::Captcha
{
public:
    base::Result<> check(const QString &token, const QString &peer) override
    {
        asked.append(token + QLatin1Char('@') + peer);
        if (token == QLatin1String("right"))
            return {};
        return base::fail(base::Fault::Invalid, QStringLiteral("CAPTCHA verification failed"));
    }
    QString siteKey() const override { return {}; }
    QStringList asked;
};

Request requestWith(std::vector<Request::Header> headers, const QByteArray &body = {},
                    const char *query = "")
{
    Request request;
    request.path = "/auth/register";
    request.query = query;
    request.headers = std::move(headers);
    request.body = body;
    request.peer = "192.0.2.7";
    return request;
}

const Request::Header form{"content-type", "application/x-www-form-urlencoded"};

} // namespace

class TestCaptcha : public QObject
{
    Q_OBJECT

private slots:
    void findsTheToken()
    {
        const auto token = [](const Request &request) { return api::captchaTokenOf(request); };
        QCOMPARE(token(requestWith({{"x-captcha", " a "}}, "{}", "captcha_response=b")),
                 QStringLiteral("a"));
        QCOMPARE(token(requestWith({{"x-captcha", ""}}, "{}", "captcha_response=b")),
                 QStringLiteral("b"));
        QCOMPARE(token(requestWith({form}, "username=x&captcha_response=c%2Bd")),
                 QStringLiteral("c+d"));
        QCOMPARE(token(requestWith({{"content-type", "multipart/form-data; boundary=XX"}},
                                   "--XX\r\nContent-Disposition: form-data; "
                                   "name=\"captcha_response\"\r\n\r\ne\r\n--XX--\r\n")),
                 QStringLiteral("e"));
        QCOMPARE(token(requestWith({}, R"({"captcha_response": "f"})")), QStringLiteral("f"));
        QCOMPARE(token(requestWith({}, R"({"captcha_response": 7})")), QString());
        QCOMPARE(token(requestWith({}, "not json")), QString());
        QCOMPARE(token(requestWith({})), QString());
    }

    void asksForWebOnly()
    {
        OneWord captcha;
        QVERIFY(!api::captchaRefusal(captcha, requestWith({{"x-captcha", "right"}})));
        QCOMPARE(captcha.asked, QStringList{QStringLiteral("right@192.0.2.7")});
        const auto refused = api::captchaRefusal(captcha, requestWith({{"x-captcha", "wrong"}}));
        QVERIFY(refused);
        QCOMPARE(refused->status, 400);
        QCOMPARE(refused->body, QByteArray(R"({"detail":"CAPTCHA verification failed"})"));
        QVERIFY(!refused->isUncounted); // Google was asked: it counts
        QVERIFY(api::captchaRefusal(captcha, requestWith({}))->isUncounted);

        captcha.asked.clear();
        QVERIFY(!api::captchaRefusal(captcha, requestWith({{"x-app-type", "mobile"}})));
        QVERIFY(!api::captchaRefusal(
            captcha, requestWith({{"user-agent", "Speech-Assistant-Mobile-iOS/1.0"}})));
        QCOMPARE(captcha.asked, QStringList());
        QVERIFY(api::captchaRefusal(captcha, requestWith({{"x-app-type", "web"}})));
    }
};

QTEST_APPLESS_MAIN(TestCaptcha)
#include "tst_captcha.moc"
