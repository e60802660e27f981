#include "server/core/accounts/access_tokens.h"

#include <QCryptographicHash>
#include <QJsonDocument>
#include <QJsonObject>
#include <QMessageAuthenticationCode>
#include <QRandomGenerator>
#include <QTest>

#include <thread>

using base::Secret;
using base::UserId;
using server::core::AccessTokens;

namespace {

const QByteArray secretKey("0123456789abcdef0123456789abcdef");
constexpr qint64 now = 1'800'000'000;

base::Clock clockAt(qint64 seconds)
{
    return [seconds] { return QDateTime::fromSecsSinceEpoch(seconds, Qt::UTC); };
}

QByteArray encoded(const QByteArray &bytes)
{
    return bytes.toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals);
}

/// A token made without the code under test, from the texts of RFC 7515.
QString handMade(const QByteArray &header, const QByteArray &claims,
                 const QByteArray &key = secretKey,
                 QCryptographicHash::Algorithm hash = QCryptographicHash::Sha256)
{
    const QByteArray signedPart = encoded(header) + '.' + encoded(claims);
    return QString::fromLatin1(signedPart + '.'
                               + encoded(QMessageAuthenticationCode::hash(signedPart, key, hash)));
}

const QByteArray goodHeader(R"({"alg":"HS256","typ":"JWT"})");

QByteArray claimsUntil(qint64 expiry, const QByteArray &more = {})
{
    return R"({"sub":"a@b.com","exp":)" + QByteArray::number(expiry) + more + '}';
}

// Any public key will do: the attack is to use its published text as the HMAC key.
const QByteArray publicKey("-----BEGIN PUBLIC KEY-----\n"
                           "MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBALqcvsfZ8Y9u0FOzhF9j1ee0kz9aZ6H2\n"
                           "Cdm9nI6t3nYI8a6hG1eUDBzC+cBpxvP1rLjwh1RZ1p5fC2yC0u0cKV8CAwEAAQ==\n"
                           "-----END PUBLIC KEY-----\n");

} // namespace

class TestAccessTokens : public QObject
{
    Q_OBJECT

private slots:
    void issuesWhatItPromises()
    {
        const AccessTokens tokens{Secret(secretKey), clockAt(now)};
        const auto token =
            tokens.issue(UserId{7}, QStringLiteral("Jörg@b.com"), QStringLiteral("id-1"));
        QVERIFY(token);
        const auto parts = token->toLatin1().split('.');
        QCOMPARE(parts.size(), 3);
        const auto part = [&](int i) {
            return QJsonDocument::fromJson(
                       QByteArray::fromBase64(parts[i], QByteArray::Base64UrlEncoding))
                .object();
        };
        QCOMPARE(part(0), (QJsonObject{{u"alg"_qs, u"HS256"_qs}, {u"typ"_qs, u"JWT"_qs}}));
        QCOMPARE(part(1), (QJsonObject{{u"sub"_qs, u"Jörg@b.com"_qs},
                                       {u"user_id"_qs, 7},
                                       {u"iat"_qs, now},
                                       {u"exp"_qs, now + 1800},
                                       {u"jti"_qs, u"id-1"_qs}}));
        QCOMPARE(encoded(QMessageAuthenticationCode::hash(parts[0] + '.' + parts[1], secretKey,
                                                          QCryptographicHash::Sha256)),
                 parts[2]);

        for (int attempt = 0; attempt < 2; ++attempt) { // the second time from memory
            const auto claims = tokens.verify(*token);
            QVERIFY(claims);
            QCOMPARE(claims->email, QStringLiteral("Jörg@b.com"));
            QCOMPARE(claims->user, UserId{7});
            QCOMPARE(claims->expiresAt, now + 1800);
            QCOMPARE(claims->issuedAt, now);
            QCOMPARE(claims->session, QString());
        }
        const auto ofSession =
            tokens.issue(UserId{7}, QStringLiteral("a@b.com"), QStringLiteral("id-1"), u"s1"_qs);
        QCOMPARE(tokens.verify(*ofSession)->session, u"s1"_qs);
    }

    void acceptsTokensOfOlderMakers()
    {
        const AccessTokens tokens{Secret(secretKey), clockAt(now)};
        const auto claims = tokens.verify(handMade(goodHeader, claimsUntil(now + 1)));
        QVERIFY(claims);
        QCOMPARE(claims->email, QStringLiteral("a@b.com"));
        QVERIFY(!claims->user.isValid());
        QCOMPARE(claims->issuedAt, now + 1 - 1800); // as if it had lived as long as ours do
        QVERIFY(tokens.verify(handMade(R"({"alg":"HS256"})", claimsUntil(now + 1))));
        QVERIFY(tokens.verify(handMade(
            goodHeader, claimsUntil(now + 9, ",\"iat\":" + QByteArray::number(now + 60)))));
    }

    void refuses_data()
    {
        QTest::addColumn<QString>("token");
        const auto row = [](const char *name, const QString &token) {
            QTest::newRow(name) << token;
        };
        const QByteArray claims = claimsUntil(now + 100);
        const QString good = handMade(goodHeader, claims);

        row("nothing", QString());
        row("garbage", QStringLiteral("garbage"));
        row("two dots", QStringLiteral(".."));
        row("dots and letters", QStringLiteral("a.b.c"));
        row("not ASCII", QStringLiteral("ä.ö.ü"));
        row("NUL", good + QChar(u'\0'));
        row("space after", good + u' ');
        row("enormous", QString(1'000'000, u'a') + u".."_qs);
        row("four parts", good + u".a"_qs);
        row("padding", good + u'=');

        row("other key", handMade(goodHeader, claims, "another key"));
        row("no signature", good.section(u'.', 0, 1) + u'.');
        row("signature cut short", good.chopped(1));
        row("claims exchanged", good.section(u'.', 0, 0) + u'.'
                                    + QString::fromLatin1(encoded(claimsUntil(now + 999))) + u'.'
                                    + good.section(u'.', 2));

        row("alg none", QString::fromLatin1(encoded(R"({"alg":"none","typ":"JWT"})") + '.'
                                            + encoded(claims) + '.'));
        row("alg none in capitals", QString::fromLatin1(encoded(R"({"alg":"NONE","typ":"JWT"})")
                                                        + '.' + encoded(claims) + '.'));
        row("alg none, signed", handMade(R"({"alg":"none","typ":"JWT"})", claims));
        row("no alg", handMade(R"({"typ":"JWT"})", claims));
        row("alg is a number", handMade(R"({"alg":256})", claims));
        row("alg HS512", handMade(R"({"alg":"HS512","typ":"JWT"})", claims, secretKey,
                                  QCryptographicHash::Sha512));
        row("alg HS384", handMade(R"({"alg":"HS384","typ":"JWT"})", claims, secretKey,
                                  QCryptographicHash::Sha384));
        row("alg RS256 with an HMAC", handMade(R"({"alg":"RS256","typ":"JWT"})", claims));
        row("alg ES256 with an HMAC", handMade(R"({"alg":"ES256","typ":"JWT"})", claims));
        row("typ other", handMade(R"({"alg":"HS256","typ":"at+jwt"})", claims));

        row("expired", handMade(goodHeader, claimsUntil(now - 1)));
        row("expires now", handMade(goodHeader, claimsUntil(now)));
        row("no expiry", handMade(goodHeader, R"({"sub":"a@b.com"})"));
        row("expiry is a text", handMade(goodHeader, R"({"sub":"a@b.com","exp":"9999999999"})"));
        row("expiry is negative", handMade(goodHeader, claimsUntil(-1)));
        row("expiry is null", handMade(goodHeader, R"({"sub":"a@b.com","exp":null})"));
        row("from the future",
            handMade(goodHeader,
                     claimsUntil(now + 999, ",\"iat\":" + QByteArray::number(now + 61))));
        row("not yet valid",
            handMade(goodHeader,
                     claimsUntil(now + 999, ",\"nbf\":" + QByteArray::number(now + 61))));

        row("no subject", handMade(goodHeader, "{\"exp\":" + QByteArray::number(now + 9) + '}'));
        row("empty subject", handMade(goodHeader, R"({"sub":"","exp":1900000000})"));
        row("subject is a number", handMade(goodHeader, R"({"sub":7,"exp":1900000000})"));
        row("user_id is a text", handMade(goodHeader, claimsUntil(now + 9, R"(,"user_id":"7")")));
        row("user_id is 0", handMade(goodHeader, claimsUntil(now + 9, R"(,"user_id":0)")));
        row("claims are a list", handMade(goodHeader, "[]"));
        row("claims are not JSON", handMade(goodHeader, "{\"sub\":"));
        row("header is not JSON", handMade("nonsense", claims));
        row("header is deep", handMade(QByteArray(1500, '['), claims));
    }

    void refuses()
    {
        QFETCH(QString, token);
        const AccessTokens tokens{Secret(secretKey), clockAt(now)};
        for (int attempt = 0; attempt < 2; ++attempt) {
            const auto claims = tokens.verify(token);
            QVERIFY(!claims);
            QCOMPARE(claims.error().fault, base::Fault::Unauthenticated);
            QCOMPARE(claims.error().message, QStringLiteral("Could not validate credentials"));
        }
    }

    void refusesPublicKeyAsHmacKey()
    {
        // A service whose key is a public RSA key must not take its text as a shared secret for
        // RS256.
        const AccessTokens tokens{Secret(publicKey), clockAt(now)};
        QVERIFY(!tokens.verify(
            handMade(R"({"alg":"RS256","typ":"JWT"})", claimsUntil(now + 9), publicKey)));
    }

    void forgetsAtExpiry()
    {
        qint64 time = now;
        const AccessTokens tokens{Secret(secretKey),
                                  [&time] { return QDateTime::fromSecsSinceEpoch(time, Qt::UTC); }};
        const QString token = handMade(goodHeader, claimsUntil(now + 10));
        QVERIFY(tokens.verify(token));
        time = now + 9;
        QVERIFY(tokens.verify(token));
        time = now + 10;
        QVERIFY(!tokens.verify(token));
        QVERIFY(!tokens.verify(token));
    }

    void staysRightWhenItsMemoryIsFull()
    {
        AccessTokens::Options options;
        options.rememberedTokens = 3;
        const AccessTokens tokens{Secret(secretKey), clockAt(now), options};
        for (int round = 0; round < 2; ++round) {
            for (int i = 1; i <= 10; ++i) {
                const auto claims = tokens.verify(handMade(goodHeader, claimsUntil(now + i)));
                QVERIFY(claims);
                QCOMPARE(claims->expiresAt, now + i);
            }
        }
    }

    void survivesEveryCutAndFlip()
    {
        const AccessTokens tokens{Secret(secretKey), clockAt(now)};
        const QString good = handMade(goodHeader, claimsUntil(now + 100, R"(,"user_id":7)"));
        for (qsizetype length = 0; length < good.size(); ++length)
            QVERIFY(!tokens.verify(good.left(length)));
        QRandomGenerator random(1);
        for (int i = 0; i < 5000; ++i) {
            QString bad = good;
            bad[random.bounded(int(bad.size() - 1))] = QChar(char16_t(random.bounded(33, 127)));
            // The last character is left alone: two of its bits carry nothing.
            if (bad != good)
                QVERIFY2(!tokens.verify(bad), qPrintable(bad));
        }
    }

    void servesManyThreads()
    {
        AccessTokens::Options options;
        options.rememberedTokens = 8;
        const AccessTokens tokens{Secret(secretKey), clockAt(now), options};
        std::atomic<int> failures = 0;
        std::vector<std::thread> threads;
        threads.reserve(4);
        for (int thread = 0; thread < 4; ++thread) {
            threads.emplace_back([&, thread] {
                for (int i = 1; i <= 200; ++i) {
                    const UserId user{thread * 1000 + i % 20 + 1};
                    const auto token =
                        tokens.issue(user, QStringLiteral("a@b.com"), QStringLiteral("x"));
                    const auto claims =
                        token ? tokens.verify(*token) : base::Result<server::core::AccessClaims>();
                    failures += claims && claims->user == user ? 0 : 1;
                }
            });
        }
        for (std::thread &thread : threads)
            thread.join();
        QCOMPARE(failures.load(), 0);
    }
};

QTEST_APPLESS_MAIN(TestAccessTokens)
#include "tst_access_tokens.moc"
