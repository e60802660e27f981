// Sealed secrets: fixed vectors of other programs, damage, and the change of keys.
#include "server/core/secrets/fernet.h"
#include "server/core/secrets/secret_box.h"

#include <QObject>
#include <QTest>

using base::Fault;
using base::Secret;
using server::core::openFernet;
using server::core::SecretBox;

namespace {

// 32 bytes each: 0..31, 32..63, and the key of the Fernet specification's own vectors.
const QByteArray kKeyA = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const QByteArray kKeyB = "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";
const QByteArray kSpecKey = "cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=";

SecretBox boxOf(const QByteArray &keys)
{
    return SecretBox::fromKeys(Secret(keys)).value();
}

QByteArray textOf(const SecretBox &box, const QString &sealed)
{
    const auto opened = box.open(sealed);
    return opened ? opened->reveal() : "! " + opened.error().message.toUtf8();
}

} // namespace

class SecretBoxTest : public QObject
{
    Q_OBJECT
private slots:
    void readsWhatOthersWrote_data();
    void readsWhatOthersWrote();
    void refusesDamagedText_data();
    void refusesDamagedText();
    void everyDamagedByteIsNoticed();
    void sealsAnythingAndNeverTheSame();
    void keysChange();
    void wrongKeysAreNamed_data();
    void wrongKeysAreNamed();
    void derivedKeysAreOfTheirSecret();
};

void SecretBoxTest::readsWhatOthersWrote_data()
{
    QTest::addColumn<QByteArray>("key");
    QTest::addColumn<QString>("sealed");
    QTest::addColumn<QByteArray>("text");
    // generate.json of the Fernet specification
    QTest::newRow("the specification's token")
        << kSpecKey
        << QStringLiteral(
               "gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobw"
               "Oz7JcbmrR64jVmpU4IwqDA==")
        << QByteArray("hello");
    // Python's `cryptography`, IV 0..15
    QTest::newRow("several blocks")
        << kKeyA
        << QStringLiteral("gAAAAABoubFAAAECAwQFBgcICQoLDA0OD0qdTzajEL70uojg_2ZMlu9YxNdAOsoKhCpft6L_"
                          "hP0gtNOEFXMmV7D8mD3bQNrqgHXq26OfcTmhAve1VW-JoWYb8U4_XTm9Xrvt6T4JkKi2pJt-"
                          "QxMLdmWztQQy9RmcrA==")
        << QByteArray("1//0gRéfresh-token ☎ of 49 characters, more than one block");
    QTest::newRow("an empty one")
        << kKeyA
        << QStringLiteral(
               "gAAAAABoubFAAAECAwQFBgcICQoLDA0OD7eteCFsVWnW2hqrh_bbxWH-8PgAio17T7dEekF4dA3F"
               "WAIbVvFecGg4DEbtJP--gA==")
        << QByteArray();
    // crypto_secretbox_easy and hashlib.blake2b from Python, nonce 100..123
    QTest::newRow("our own form, by hand")
        << kKeyA
        << QStringLiteral("sb1.Uy-meYc4.ZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXp7HKb0UCIni1sP5K-dhqe-E3Hc-"
                          "KVf0u6Lyd1L9Vng")
        << QByteArray("sealed by hand");
}

void SecretBoxTest::readsWhatOthersWrote()
{
    QFETCH(QByteArray, key);
    QFETCH(QString, sealed);
    QFETCH(QByteArray, text);
    QCOMPARE(textOf(boxOf(key), sealed), text);
    QCOMPARE(textOf(boxOf(kKeyB + "," + key), sealed), text);
    const auto foreign = boxOf(kKeyB).open(sealed);
    QVERIFY(!foreign);
    QCOMPARE(foreign.error().fault, Fault::Internal);
}

void SecretBoxTest::refusesDamagedText_data()
{
    QTest::addColumn<QString>("sealed");
    const auto row = [](const char *sealed) { QTest::newRow(sealed) << QString::fromUtf8(sealed); };
    row("");
    row("sb1.");
    row("sb1.Uy-meYc4.");
    row("sb1.Uy-meYc4.ZGVm");
    row("sb1.Uy-meYc4.*");
    row("sb1.AAAAAAAA.ZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXp7HKb0UCIni1sP5K-dhqe-E3Hc-KVf0u6Lyd1L9Vng");
    row("gAAAAA==");
    row("plain text ✓");
    QTest::newRow("long") << QString(100'000, QLatin1Char('A'));
}

void SecretBoxTest::refusesDamagedText()
{
    QFETCH(QString, sealed);
    const auto opened = boxOf(kKeyA).open(sealed);
    QVERIFY(!opened);
    QCOMPARE(opened.error().fault, Fault::Internal);
    QVERIFY(boxOf(kKeyA).isStale(sealed) || sealed.startsWith(QLatin1String("sb1.Uy-meYc4.")));
}

void SecretBoxTest::everyDamagedByteIsNoticed()
{
    const SecretBox box = boxOf(kKeyA);
    const QByteArray raw =
        QByteArray::fromBase64("gAAAAABoubFAAAECAwQFBgcICQoLDA0OD7eteCFsVWnW2hqrh_"
                               "bbxWH-8PgAio17T7dEekF4dA3FWAIbVvFecGg4DEbtJP--gA",
                               QByteArray::Base64UrlEncoding);
    for (qsizetype i = 0; i < raw.size(); ++i) {
        QByteArray bent = raw;
        bent[i] = char(bent[i] ^ 1);
        const QString token = QString::fromLatin1(bent.toBase64(QByteArray::Base64UrlEncoding));
        QVERIFY2(!openFernet(token, QByteArray::fromBase64(kKeyA)), qPrintable(QString::number(i)));
    }
    const QString sealed = box.seal(Secret("a secret"));
    for (qsizetype i = 0; i < sealed.size() - 1; ++i) { // the last digit holds spare bits
        QString bent = sealed;
        bent[i] = bent[i] == QLatin1Char('B') ? QLatin1Char('C') : QLatin1Char('B');
        QVERIFY2(!box.open(bent), qPrintable(QString::number(i)));
    }
}

void SecretBoxTest::sealsAnythingAndNeverTheSame()
{
    const SecretBox box = boxOf(kKeyA);
    for (const QByteArray &text :
         {QByteArray(), QByteArray("x"), QByteArray("\0nul\0", 5), QByteArray(70'000, 'y')}) {
        const QString sealed = box.seal(Secret(text));
        QCOMPARE(textOf(box, sealed), text);
        QVERIFY(box.seal(Secret(text)) != sealed);
        QVERIFY(!box.isStale(sealed));
    }
}

void SecretBoxTest::keysChange()
{
    const QString sealed = boxOf(kKeyA).seal(Secret("kept"));
    const SecretBox both = boxOf(kKeyB + " , " + kKeyA);
    QCOMPARE(textOf(both, sealed), QByteArray("kept"));
    QVERIFY(both.isStale(sealed));
    const QString again = both.seal(both.open(sealed).value());
    QVERIFY(!both.isStale(again));
    QCOMPARE(textOf(boxOf(kKeyB), again), QByteArray("kept"));
    QVERIFY(!boxOf(kKeyA).open(again));
}

void SecretBoxTest::wrongKeysAreNamed_data()
{
    QTest::addColumn<QByteArray>("keys");
    QTest::addColumn<QString>("what");
    const auto row = [](const QByteArray &keys, const char *what) {
        QTest::newRow(keys.left(30).constData()) << keys << QString::fromLatin1(what);
    };
    row("", "key 1 is not");
    row("short", "key 1 is not");
    row(kKeyA + ",", "key 2 is not");
    row(kKeyA + ",AAEC", "key 2 is not");
    row(kKeyA + "," + kKeyB + ",*" + kKeyA.mid(1), "key 3 is not");
    row("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gIQ==", "key 1 is not");
}

void SecretBoxTest::wrongKeysAreNamed()
{
    QFETCH(QByteArray, keys);
    QFETCH(QString, what);
    const auto box = SecretBox::fromKeys(Secret(keys));
    QVERIFY(!box);
    QCOMPARE(box.error().fault, Fault::Invalid);
    QVERIFY2(box.error().message.startsWith(what), qPrintable(box.error().message));
    QVERIFY(keys.size() < 6 || !box.error().message.contains(QString::fromLatin1(keys.left(6))));
}

void SecretBoxTest::derivedKeysAreOfTheirSecret()
{
    const SecretBox derived = SecretBox::derivedFrom(Secret("0123456789abcdef0123456789abcdef"));
    const QString sealed = derived.seal(Secret("at a desk"));
    QVERIFY(!SecretBox::derivedFrom(Secret("0123456789abcdef0123456789abcdeF")).open(sealed));
    // hashlib.blake2b(secret, digest_size=32, key=b"speech-assistant data encryption")
    QCOMPARE(textOf(boxOf("Rz-gFVKtxRnmTcSHJPJmAxFIihHq8HdW-gr5j1LN5PI"), sealed),
             QByteArray("at a desk"));
}

QTEST_GUILESS_MAIN(SecretBoxTest)
#include "tst_secret_box.moc"
