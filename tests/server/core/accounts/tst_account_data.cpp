#include "server/core/accounts/account_data.h"
#include "tests/server/core/accounts/fake_account_extras.h"
#include "tests/server/core/accounts/refused.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace server::core;
using base::Fault;
using base::UserId;

namespace {

const QString kDataEmail = QStringLiteral("ann@example.com");
const QString kDataPassword = QStringLiteral("correct horse");

struct DataWorld
{
    QDateTime now = QDateTime::fromSecsSinceEpoch(1'800'000'000, Qt::UTC);
    tests::FakeAccountStore accounts;
    tests::FakeRemover remover;
    PasswordHasher hasher{PasswordHasher::minimalCost()};
    QStringList onDisk;
    QByteArray hash = *hasher.hash(kDataPassword);
    UserId ann;

    DataWorld()
    {
        ann = accounts
                  .create({kDataEmail, kDataEmail, hash, QStringLiteral("Ann"),
                           protocol::Role::Support, QStringLiteral("password"), now,
                           Platform::Mobile})
                  ->id;
    }
    AccountData data(std::vector<ExportSource> sources = {})
    {
        return AccountData({accounts, remover, hasher,
                            [this](const QString &file) { return onDisk.removeOne(file); },
                            std::move(sources), [this] { return now; }});
    }
};

} // namespace

class TestAccountData : public QObject
{
    Q_OBJECT

private slots:
    void exportsEverythingButSecrets()
    {
        DataWorld world;
        RefreshToken token;
        token.user = world.ann;
        token.family = QStringLiteral("f1");
        token.hash = "the hash of a token";
        token.startedAt = world.now;
        token.issuedAt = world.now.addSecs(60);
        token.expiresAt = world.now.addDays(7);
        token.userAgent = QStringLiteral("Firefox");
        QVERIFY(world.accounts.addRefreshToken(token));
        const auto data =
            world.data({{QStringLiteral("things"), [&world](UserId user) {
                             return base::Result<QJsonValue>(QJsonArray{user == world.ann, 7});
                         }}});
        const auto document = data.exportOf(world.ann);
        QVERIFY(document);
        const auto part = [&](const char *key) { return document->value(QLatin1String(key)); };
        QCOMPARE(part("exported_at").toString(), QStringLiteral("2027-01-15T08:00:00.000Z"));
        QCOMPARE(part("things").toArray(), (QJsonArray{true, 7}));
        const QJsonObject account = part("account").toObject();
        QCOMPARE(account.value(QLatin1String("email")).toString(), kDataEmail);
        QCOMPARE(account.value(QLatin1String("name")).toString(), QStringLiteral("Ann"));
        QCOMPARE(account.value(QLatin1String("role")).toString(), QStringLiteral("support"));
        QCOMPARE(account.value(QLatin1String("app_type")).toString(),
                 QStringLiteral("mobile_consumer"));
        QCOMPARE(account.value(QLatin1String("has_password")).toBool(), true);
        const QJsonObject session = part("sessions").toArray().at(0).toObject();
        QCOMPARE(session.value(QLatin1String("id")).toString(), QStringLiteral("f1"));
        QCOMPARE(session.value(QLatin1String("created_at")).toString(),
                 QStringLiteral("2027-01-15T08:00:00.000Z"));
        QCOMPARE(session.value(QLatin1String("last_used_at")).toString(),
                 QStringLiteral("2027-01-15T08:01:00.000Z"));
        const QByteArray text = QJsonDocument(*document).toJson();
        QVERIFY(!text.contains(world.hash));
        QVERIFY(!text.contains("the hash of a token"));
    }

    void failsWholeRatherThanHalf()
    {
        DataWorld world;
        const auto data = world.data({{QStringLiteral("things"), [](UserId) {
                                           return base::Result<QJsonValue>(base::fail(
                                               Fault::Unavailable, QStringLiteral("down")));
                                       }}});
        REFUSED(data.exportOf(world.ann), Fault::Unavailable, "down");
        REFUSED(data.exportOf(UserId{99}), Fault::NotFound, "User not found");
    }

    void removesAfterThePassword()
    {
        DataWorld world;
        auto data = world.data();
        REFUSED(data.remove(world.ann, std::nullopt), Fault::Unprocessable,
                "The password is needed to delete this account");
        REFUSED(data.remove(world.ann, QStringLiteral("wrong horse")), Fault::Invalid,
                "Password is incorrect");
        REFUSED(data.remove(UserId{99}, kDataPassword), Fault::NotFound, "User not found");
        world.remover.isCallUnderWay = true;
        REFUSED(data.remove(world.ann, kDataPassword), Fault::Conflict, "A call is under way.");
        QVERIFY(world.remover.removed.empty());
        world.remover.isCallUnderWay = false;
        QVERIFY(data.remove(world.ann, kDataPassword));
        QCOMPARE(world.remover.removed, std::vector<UserId>{world.ann});
    }

    void needsNoPasswordWhereThereIsNone()
    {
        DataWorld world;
        world.accounts.account(world.ann).passwordHash.clear();
        QVERIFY(world.data().remove(world.ann, std::nullopt));
        QCOMPARE(world.remover.removed.size(), size_t(1));
    }

    void sweepsWhatLiesHere()
    {
        DataWorld world;
        const auto name = [](const char *text) { return QString::fromLatin1(text); };
        world.onDisk = {name("call-1.wav"), name("call-9.wav")};
        world.remover.orphans = {name("call-1.wav"), name("call-2.wav")};
        QVERIFY(world.data().remove(world.ann, kDataPassword));
        QCOMPARE(world.onDisk, QStringList{name("call-9.wav")});
        // The other one lies on another node, which has a month to find out.
        QCOMPARE(world.remover.forgotten, QStringList{name("call-1.wav")});
        QCOMPARE(world.remover.forgottenBefore, world.now.addDays(-30));
    }
};

QTEST_APPLESS_MAIN(TestAccountData)
#include "tst_account_data.moc"
