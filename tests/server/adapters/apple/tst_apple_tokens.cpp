#include "server/adapters/apple/apple_tokens.h"
#include "server/adapters/apple/rsa_public_key.h"
#include "tests/server/adapters/apple/apple_signer.h"
#include "tests/server/adapters/local_service.h"

#include <QCryptographicHash>
#include <QMessageAuthenticationCode>
#include <QTest>

#include <thread>

using base::Fault;
using server::apple::AppleTokens;
using tests::AppleSigner;
using namespace Qt::StringLiterals;

namespace {

constexpr qint64 now = 1'800'000'000;

/// One key pair for all tests: making one takes a while.
const AppleSigner &signer()
{
    static const AppleSigner one(u"kid-1"_s);
    return one;
}

QJsonObject goodClaims()
{
    return {{u"iss"_s, u"https://appleid.apple.com"_s},
            {u"aud"_s, u"com.example.app"_s},
            {u"exp"_s, now + 600},
            {u"iat"_s, now},
            {u"sub"_s, u"001234.abc"_s},
            {u"email"_s, u"ann@example.com"_s},
            {u"email_verified"_s, u"true"_s},
            {u"nonce"_s, u"n-1"_s}};
}

QJsonObject with(const QString &claim, const QJsonValue &value)
{
    QJsonObject claims = goodClaims();
    claims.insert(claim, value); // undefined takes it out
    return claims;
}

sandbox::HttpAnswer keysOf(const AppleSigner &one)
{
    sandbox::HttpAnswer answer;
    answer.body = one.jwks();
    return answer;
}

struct TokenWorld
{
    base::SteadyTime steady = base::SteadyTime() + std::chrono::hours(1);
    tests::LocalService apple;
    server::web::HttpClient web;
    AppleTokens tokens{{apple.url(), {u"com.example.app"_s, u"com.example.service"_s}},
                       web,
                       [] { return QDateTime::fromSecsSinceEpoch(now, Qt::UTC); },
                       [this] { return steady; }};

    TokenWorld() { apple.answerWith(keysOf(signer())); }
    size_t fetches() const { return apple.requests().size(); }
};

} // namespace

class TestAppleTokens : public QObject
{
    Q_OBJECT

private slots:
    void accepts()
    {
        TokenWorld world;
        const auto identity = world.tokens.verify(signer().sign(goodClaims()), {});
        QVERIFY2(identity, identity ? "" : qPrintable(identity.error().cause));
        QCOMPARE(identity->id, u"001234.abc"_s);
        QCOMPARE(identity->email, u"ann@example.com"_s);
        QVERIFY(identity->isEmailVerified);
        QCOMPARE(world.apple.requests().at(0).path, QByteArray("/auth/keys"));

        QVERIFY(world.tokens.verify(signer().sign(with(u"aud"_s, u"com.example.service"_s)), {}));
        QVERIFY(world.tokens.verify(signer().sign(with(u"email_verified"_s, true)), {})
                    ->isEmailVerified);
        QVERIFY(!world.tokens.verify(signer().sign(with(u"email_verified"_s, u"false"_s)), {})
                     ->isEmailVerified);
        QCOMPARE(
            world.tokens.verify(signer().sign(with(u"email"_s, QJsonValue::Undefined)), {})->email,
            QString());
        QCOMPARE(world.fetches(), size_t(1));
    }

    void comparesTheNonceWhenThereIsOne()
    {
        TokenWorld world;
        const QString plain = signer().sign(goodClaims());
        QVERIFY(world.tokens.verify(plain, u"n-1"_s));
        QVERIFY(!world.tokens.verify(plain, u"n-2"_s));
        const QByteArray hash = QCryptographicHash::hash("raw", QCryptographicHash::Sha256);
        const QString hashed = signer().sign(with(u"nonce"_s, QString::fromLatin1(hash.toHex())));
        QVERIFY(world.tokens.verify(hashed, u"raw"_s));
        QVERIFY(
            !world.tokens.verify(signer().sign(with(u"nonce"_s, QJsonValue::Undefined)), u"n-1"_s));
    }

    void refuses_data()
    {
        QTest::addColumn<QString>("token");
        const auto row = [](const char *name, const QString &token) {
            QTest::newRow(name) << token;
        };
        const QString good = signer().sign(goodClaims());
        const auto claims = [&](const char *name, const QString &claim, const QJsonValue &value) {
            row(name, signer().sign(with(claim, value)));
        };
        claims("expired", u"exp"_s, now);
        claims("no expiry", u"exp"_s, QJsonValue::Undefined);
        claims("expiry as text", u"exp"_s, QString::number(now + 600));
        claims("other audience", u"aud"_s, u"com.example.other"_s);
        claims("no audience", u"aud"_s, QJsonValue::Undefined);
        claims("other issuer", u"iss"_s, u"https://appleid.apple.com.evil.example"_s);
        claims("no issuer", u"iss"_s, QJsonValue::Undefined);
        claims("no subject", u"sub"_s, QJsonValue::Undefined);
        claims("empty subject", u"sub"_s, QString());
        claims("subject is a number", u"sub"_s, 7);
        claims("NUL in the subject", u"sub"_s, QString(QChar(u'\0')));
        claims("issued tomorrow", u"iat"_s, now + 86'400);

        const auto header = [&](const char *name, const QJsonObject &head) {
            row(name, signer().sign(goodClaims(), head));
        };
        header("says RS512", {{u"alg"_s, u"RS512"_s}});
        header("says nothing of the algorithm", {{u"alg"_s, QJsonValue::Null}});
        header("unknown key", {{u"kid"_s, u"kid-2"_s}});
        header("no key id", {{u"kid"_s, QString()}});
        row("signed with another key", AppleSigner(u"kid-1"_s).sign(goodClaims()));

        const QByteArray body = AppleSigner::encoded(goodClaims());
        const auto made = [&](const QString &algorithm, const QByteArray &key) {
            const QByteArray text =
                AppleSigner::encoded({{u"alg"_s, algorithm}, {u"kid"_s, u"kid-1"_s}}) + '.' + body;
            return QString::fromLatin1(
                text + '.'
                + (key.isEmpty() ? key
                                 : AppleSigner::encoded(QMessageAuthenticationCode::hash(
                                     text, key, QCryptographicHash::Sha256))));
        };
        row("alg none", made(u"none"_s, {}));
        row("alg None", made(u"None"_s, {}));
        row("HS256 with the public key", made(u"HS256"_s, signer().publicPem()));
        row("RS256 in name, HMAC in truth", made(u"RS256"_s, signer().publicPem()));
        row("RS256 without a signature", made(u"RS256"_s, {}));
        row("claims exchanged",
            good.section(u'.', 0, 0) + u'.'
                + QString::fromLatin1(AppleSigner::encoded(with(u"sub"_s, u"other"_s))) + u'.'
                + good.section(u'.', 2, 2));
        row("empty", {});
        row("words", u"not a token"_s);
        row("two parts", good.section(u'.', 0, 1));
        row("four parts", good + u".x"_s);
        row("far too long", good + QString(9'000, u'A'));
        row("NUL", QString(QChar(u'\0')));
    }

    void refuses()
    {
        QFETCH(QString, token);
        TokenWorld world;
        const auto identity = world.tokens.verify(token, {});
        QVERIFY(!identity);
        QCOMPARE(identity.error().fault, Fault::Invalid);
        QCOMPARE(identity.error().message, u"Invalid Apple token"_s);
    }

    void asksOnceAMinuteForUnknownKeys()
    {
        TokenWorld world;
        const AppleSigner next(u"kid-2"_s);
        const QString token = next.sign(goodClaims());
        QVERIFY(!world.tokens.verify(token, {}));
        QVERIFY(!world.tokens.verify(token, {}));
        QCOMPARE(world.fetches(), size_t(1));
        // Apple has changed keys; a minute later we notice.
        world.apple.answerWith(keysOf(next));
        world.steady += std::chrono::seconds(59);
        QVERIFY(!world.tokens.verify(token, {}));
        QCOMPARE(world.fetches(), size_t(1));
        world.steady += std::chrono::seconds(1);
        QVERIFY(world.tokens.verify(token, {}));
        QCOMPARE(world.fetches(), size_t(2));
        // And what Apple took back is good no more.
        QVERIFY(!world.tokens.verify(signer().sign(goodClaims()), {}));
        QCOMPARE(world.fetches(), size_t(2));
        // A known key is asked for again after a day.
        world.steady += std::chrono::hours(24);
        QVERIFY(world.tokens.verify(token, {}));
        QCOMPARE(world.fetches(), size_t(3));
    }

    void manyAtOnceFetchOnce()
    {
        TokenWorld world;
        const QString token = signer().sign(goodClaims());
        std::atomic<int> accepted = 0;
        std::vector<std::thread> threads;
        threads.reserve(8);
        for (int i = 0; i < 8; ++i)
            threads.emplace_back([&] { accepted += world.tokens.verify(token, {}) ? 1 : 0; });
        for (std::thread &thread : threads)
            thread.join();
        QCOMPARE(accepted.load(), 8);
        QCOMPARE(world.fetches(), size_t(1));
    }

    void tellsWhenAppleIsAway_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("body");
        QTest::newRow("500") << 500 << QByteArray();
        QTest::newRow("no JSON") << 200 << QByteArray("<html>");
        QTest::newRow("no keys") << 200 << QByteArray(R"({"keys": []})");
        QTest::newRow("keys of another kind")
            << 200 << QByteArray(R"({"keys": [{"kty": "EC", "kid": "kid-1", "crv": "P-256"}]})");
    }

    void tellsWhenAppleIsAway()
    {
        QFETCH(int, status);
        QFETCH(QByteArray, body);
        TokenWorld world;
        sandbox::HttpAnswer answer;
        answer.status = status;
        answer.body = body;
        world.apple.answerWith(answer);
        const QString token = signer().sign(goodClaims());
        for (int i = 0; i < 2; ++i) {
            const auto identity = world.tokens.verify(token, {});
            QVERIFY(!identity);
            QCOMPARE(identity.error().fault, Fault::Upstream);
            QCOMPARE(identity.error().message, u"Apple could not be reached. Please try again."_s);
        }
        QCOMPARE(world.fetches(), size_t(1)); // the second answer came from memory
        world.apple.answerWith(keysOf(signer()));
        world.steady += std::chrono::minutes(1);
        QVERIFY(world.tokens.verify(token, {}));
    }

    void needsAnAudience()
    {
        server::web::HttpClient web;
        AppleTokens tokens({u"http://127.0.0.1:1"_s, {}}, web);
        const auto identity = tokens.verify(signer().sign(goodClaims()), {});
        QCOMPARE(identity.error().fault, Fault::Unavailable);
    }

    void takesOnlyProperKeys()
    {
        using server::apple::rsaPublicKeyPem;
        QCOMPARE(rsaPublicKeyPem(signer().jwk()).value_or(QByteArray()), signer().publicPem());
        QVERIFY(!rsaPublicKeyPem(AppleSigner(u"k"_s, 1024).jwk()));
        for (const auto &[member, value] :
             std::vector<std::pair<QString, QJsonValue>>{{u"kty"_s, u"EC"_s},
                                                         {u"alg"_s, u"RS512"_s},
                                                         {u"use"_s, u"enc"_s},
                                                         {u"n"_s, QString()},
                                                         {u"n"_s, u"not base64!"_s},
                                                         {u"e"_s, QJsonValue::Null},
                                                         {u"n"_s, QString(20'000, u'A')}}) {
            QJsonObject jwk = signer().jwk();
            jwk.insert(member, value);
            QVERIFY2(!rsaPublicKeyPem(jwk), qPrintable(member));
        }
        QVERIFY(!rsaPublicKeyPem({}));
    }
};

QTEST_GUILESS_MAIN(TestAppleTokens)
#include "tst_apple_tokens.moc"
