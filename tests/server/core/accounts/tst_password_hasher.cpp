#include "server/core/accounts/password_hasher.h"

#include <QTest>

using server::core::PasswordHasher;

namespace {

// From the test vectors of OpenBSD's and Openwall's bcrypt.
const QByteArray bcryptOfU_U("$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW");

const PasswordHasher &cheapHasher()
{
    static const PasswordHasher hasher(PasswordHasher::minimalCost());
    return hasher;
}

} // namespace

class TestPasswordHasher : public QObject
{
    Q_OBJECT

private slots:
    void verifiesItsOwnHashes()
    {
        const QString password = QStringLiteral("Grüße 📞 horse");
        const auto hash = cheapHasher().hash(password);
        QVERIFY(hash);
        QVERIFY(hash->startsWith("$argon2id$"));
        QVERIFY(cheapHasher().verify(password, *hash).isMatch);
        QVERIFY(!cheapHasher().verify(password, *hash).needsRehash);
        QVERIFY(!cheapHasher().verify(QStringLiteral("Grüße 📞 house"), *hash).isMatch);
        QVERIFY(*cheapHasher().hash(password) != *hash);
    }

    void asksForRehashWhenTheCostRises()
    {
        const QString password = QStringLiteral("correct horse");
        const auto hash = cheapHasher().hash(password);
        auto cost = PasswordHasher::minimalCost();
        cost.operations += 1;
        const auto match = PasswordHasher(cost).verify(password, *hash);
        QVERIFY(match.isMatch);
        QVERIFY(match.needsRehash);
    }

    void verifiesBcrypt_data()
    {
        QTest::addColumn<QString>("password");
        QTest::addColumn<QByteArray>("hash");
        QTest::addColumn<bool>("isMatch");
        QTest::newRow("2a") << QStringLiteral("U*U") << bcryptOfU_U << true;
        QTest::newRow("2b") << QStringLiteral("U*U")
                            << QByteArray(bcryptOfU_U).replace("$2a$", "$2b$") << true;
        QTest::newRow("2y") << QStringLiteral("U*U")
                            << QByteArray(bcryptOfU_U).replace("$2a$", "$2y$") << true;
        QTest::newRow("other password") << QStringLiteral("U*U*") << bcryptOfU_U << false;
        QTest::newRow("empty password") << QString() << bcryptOfU_U << false;
        QTest::newRow("truncated") << QStringLiteral("U*U") << bcryptOfU_U.chopped(1) << false;
        QTest::newRow("impossible cost")
            << QStringLiteral("U*U") << QByteArray(bcryptOfU_U).replace("$05$", "$99$") << false;
        QTest::newRow("prefix only") << QStringLiteral("U*U") << QByteArray("$2b$") << false;
    }

    void verifiesBcrypt()
    {
        QFETCH(QString, password);
        QFETCH(QByteArray, hash);
        const auto match = cheapHasher().verify(password, hash);
        QTEST(match.isMatch, "isMatch");
        QCOMPARE(match.needsRehash, match.isMatch);
    }

    void survivesStrangeHashes_data()
    {
        QTest::addColumn<QByteArray>("hash");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("plain text") << QByteArray("correct horse");
        QTest::newRow("DES") << QByteArray("ab1h4Pn0aTXRE");
        QTest::newRow("argon2id without rest") << QByteArray("$argon2id$");
        QTest::newRow("argon2id with garbage")
            << QByteArray("$argon2id$v=19$m=99999999999,t=0,p=0$####$####");
        QTest::newRow("field filled") << QByteArray(128, 'x');
        QTest::newRow("enormous") << QByteArray(100'000, '$');
        QTest::newRow("NUL inside") << QByteArray("$2a$\0$", 6);
    }

    void survivesStrangeHashes()
    {
        QFETCH(QByteArray, hash);
        QVERIFY(!cheapHasher().verify(QStringLiteral("correct horse"), hash).isMatch);
    }

    void judgesNewPasswords_data()
    {
        QTest::addColumn<QString>("password");
        QTest::addColumn<bool>("isGood");
        QTest::newRow("empty") << QString() << false;
        QTest::newRow("7 characters") << QString(7, u'a') << false;
        QTest::newRow("8 characters") << QString(8, u'a') << true;
        QTest::newRow("8 characters beyond the basic plane")
            << QStringLiteral("📞").repeated(8) << true;
        QTest::newRow("4 of them are not 8") << QStringLiteral("📞").repeated(4) << false;
        QTest::newRow("1024 characters") << QString(1024, u'ö') << true;
        QTest::newRow("1025 characters") << QString(1025, u'a') << false;
        QTest::newRow("NUL") << QStringLiteral("abcd%1efgh").arg(QChar(u'\0')) << false;
        QTest::newRow("spaces count") << QString(8, u' ') << true;
    }

    void judgesNewPasswords()
    {
        QFETCH(QString, password);
        QFETCH(bool, isGood);
        QCOMPARE(!PasswordHasher::objection(password), isGood);
        const auto hash = cheapHasher().hash(password);
        QCOMPARE(bool(hash), isGood);
        if (isGood)
            QVERIFY(cheapHasher().verify(password, *hash).isMatch);
        else
            QCOMPARE(hash.error().fault, base::Fault::Unprocessable);
    }

    void refusesWhatCannotBeAPassword()
    {
        // bcrypt would stop reading at the NUL and find a match.
        QVERIFY(
            !cheapHasher().verify(QStringLiteral("U*U%1x").arg(QChar(u'\0')), bcryptOfU_U).isMatch);
        QVERIFY(!cheapHasher().verify(QString(10'000'000, u'a'), bcryptOfU_U).isMatch);
    }
};

QTEST_APPLESS_MAIN(TestPasswordHasher)
#include "tst_password_hasher.moc"
