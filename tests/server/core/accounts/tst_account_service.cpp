#include "server/core/accounts/account_service.h"
#include "tests/server/core/accounts/fake_account_store.h"
#include "tests/server/core/accounts/refused.h"

#include <QTest>

#include <optional>

using namespace server::core;
using base::Fault;
using base::UserId;
using protocol::Role;

namespace {

const QString kServiceEmail = QStringLiteral("Ann@Example.com");
const QString kServicePassword = QStringLiteral("correct horse");

/// A service on fakes, with a clock that the test moves.
struct AccountWorld
{
    QDateTime now = QDateTime::fromSecsSinceEpoch(1'800'000'000, Qt::UTC);
    tests::FakeAccountStore store;
    tests::FakeAuditLog audit;
    PasswordHasher hasher{PasswordHasher::minimalCost()};
    AccessTokens tokens{base::Secret("a key of the test"), [this] { return now; }};
    std::optional<AccountService> service;

    explicit AccountWorld(AccountService::Options options = {})
    {
        service.emplace(AccountService::Ports{store, audit, hasher, tokens, [this] { return now; },
                                              systemRandom},
                        options);
    }

    AccountService *operator->() { return &*service; }
    AccountService::SignedIn signedUp()
    {
        return service->registerUser(kServiceEmail, kServicePassword, Platform::Web).value();
    }
};

AccountService::Options strict()
{
    AccountService::Options options;
    options.refreshMode = RefreshMode::Strict;
    return options;
}

} // namespace

#define SESSION_ENDED(result)                                                                      \
    REFUSED(result, Fault::Unauthenticated, "Refresh token invalid or expired")
#define NOT_VALIDATED(result)                                                                      \
    REFUSED(result, Fault::Unauthenticated, "Could not validate credentials")

class TestAccountService : public QObject
{
    Q_OBJECT

private slots:
    void registersOnce()
    {
        AccountWorld world;
        const auto signedIn = world->registerUser(kServiceEmail, kServicePassword, Platform::Mobile,
                                                  QStringLiteral("Browser\n1"));
        QVERIFY(signedIn);
        QCOMPARE(signedIn->user.email, QStringLiteral("Ann@example.com"));
        QCOMPARE(signedIn->user.role, Role::None);
        QVERIFY(signedIn->user.isActive);
        QCOMPARE(signedIn->user.platform, Platform::Mobile);
        QVERIFY(!signedIn->tokens.accessToken.isEmpty());
        QCOMPARE(signedIn->tokens.refreshToken.size(), 43);
        QCOMPARE(world.store.tokens.front().userAgent, QStringLiteral("Browser1"));
        QVERIFY(
            !world.store.tokens.front().hash.contains(signedIn->tokens.refreshToken.toLatin1()));
        QVERIFY(world.store.accounts.begin()->second.passwordHash.startsWith("$argon2id$"));

        REFUSED(
            world->registerUser(QStringLiteral("aNN@example.COM"), kServicePassword, Platform::Web),
            Fault::Invalid, "Email already registered");
        world.store.isKeyTakenMeanwhile = true;
        REFUSED(
            world->registerUser(QStringLiteral("b@example.com"), kServicePassword, Platform::Web),
            Fault::Invalid, "Email already registered");
    }

    void refusesBadFields()
    {
        AccountWorld world;
        REFUSED(world->registerUser(QStringLiteral("nonsense"), kServicePassword, Platform::Web),
                Fault::Unprocessable, "value is not a valid email address");
        REFUSED(world->registerUser(kServiceEmail, QStringLiteral("short"), Platform::Web),
                Fault::Unprocessable, "Password must have at least 8 characters");
        QVERIFY(world.store.accounts.empty());
    }

    void signsIn()
    {
        AccountWorld world;
        world.signedUp();
        const auto signedIn = world->signIn(QStringLiteral(" ANN@example.com "), kServicePassword);
        QVERIFY(signedIn);
        QCOMPARE(signedIn->user.id, UserId{1});
        QVERIFY(world->authenticate(signedIn->tokens.accessToken));
        QVERIFY(!signedIn->tokens.refreshToken.isEmpty());

        const size_t stored = world.store.tokens.size();
        const auto accessOnly =
            world->signIn(kServiceEmail, kServicePassword, AccountService::Grant::AccessOnly);
        QVERIFY(accessOnly);
        QVERIFY(accessOnly->tokens.refreshToken.isEmpty());
        QCOMPARE(world.store.tokens.size(), stored);
    }

    void tellsNothingWhenSignInFails()
    {
        AccountWorld world;
        world.signedUp();
        const auto refused = [&](const QString &who, const QString &with) {
            REFUSED(world->signIn(who, with), Fault::Unauthenticated,
                    "Incorrect username or password");
        };
        refused(kServiceEmail, QStringLiteral("wrong horse"));
        refused(kServiceEmail, QString());
        refused(kServiceEmail, kServicePassword + QChar(u'\0'));
        refused(QStringLiteral("nobody@example.com"), kServicePassword);
        refused(QStringLiteral("not an address"), kServicePassword);
        refused(QString(), QString());
        world.store.account(UserId{1}).isActive = false;
        refused(kServiceEmail, kServicePassword);
        world.store.account(UserId{1}).isActive = true;
        world.store.account(UserId{1}).passwordHash.clear(); // signs in elsewhere
        refused(kServiceEmail, kServicePassword);
        refused(kServiceEmail, QString());
    }

    void upgradesOldHashes()
    {
        AccountWorld world;
        world.signedUp();
        Account &account = world.store.account(UserId{1});
        // bcrypt of "U*U"; too short for a new password, so it must stay as it is.
        const QByteArray old("$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW");
        account.passwordHash = old;
        QVERIFY(world->signIn(kServiceEmail, QStringLiteral("U*U")));
        QCOMPARE(account.passwordHash, old);

        auto cost = PasswordHasher::minimalCost();
        cost.operations += 1;
        account.passwordHash = *PasswordHasher(cost).hash(kServicePassword);
        const QByteArray costly = account.passwordHash;
        QVERIFY(world->signIn(kServiceEmail, kServicePassword));
        QVERIFY(account.passwordHash != costly);
        QVERIFY(world->signIn(kServiceEmail, kServicePassword));
    }

    void refreshesAndKeepsUsedTokens()
    {
        AccountWorld world;
        const auto first = world.signedUp();
        const auto second = world->refresh(first.tokens.refreshToken);
        QVERIFY(second);
        QCOMPARE(second->user.id, UserId{1});
        QVERIFY(second->tokens.refreshToken != first.tokens.refreshToken);
        QVERIFY(world->authenticate(second->tokens.accessToken));
        // The app that throws the new one away comes back with the old one, days later.
        world.now = world.now.addDays(6);
        QVERIFY(world->refresh(first.tokens.refreshToken));
        QVERIFY(world->refresh(second->tokens.refreshToken));
        world.now = world.now.addDays(1);
        SESSION_ENDED(world->refresh(first.tokens.refreshToken));
        SESSION_ENDED(world->refresh(QStringLiteral("never issued")));
        SESSION_ENDED(world->refresh(QString()));
    }

    void endsTheFamilyOnReuseWhenStrict()
    {
        AccountWorld world(strict());
        const auto first = world.signedUp();
        const auto second = world->refresh(first.tokens.refreshToken);
        world.now = world.now.addSecs(60);
        QVERIFY(world->refresh(first.tokens.refreshToken)); // a retry
        world.now = world.now.addSecs(1);
        SESSION_ENDED(world->refresh(first.tokens.refreshToken));
        SESSION_ENDED(world->refresh(second->tokens.refreshToken));
        QVERIFY(world->signIn(kServiceEmail, kServicePassword));
    }

    void signOutEndsTheFamily()
    {
        AccountWorld world;
        const auto here = world.signedUp();
        const auto there = world->signIn(kServiceEmail, kServicePassword).value();
        const auto next = world->refresh(here.tokens.refreshToken).value();
        QVERIFY(world->signOut({}, here.tokens.refreshToken));
        SESSION_ENDED(world->refresh(here.tokens.refreshToken));
        SESSION_ENDED(world->refresh(next.tokens.refreshToken));
        QVERIFY(world->refresh(there.tokens.refreshToken));

        QVERIFY(world->signOut(there.tokens.accessToken, {}));
        SESSION_ENDED(world->refresh(there.tokens.refreshToken));
    }

    void signOutTakesAnything()
    {
        AccountWorld world;
        const auto signedIn = world.signedUp();
        QVERIFY(world->signOut({}, {}));
        QVERIFY(world->signOut(QStringLiteral("garbage"), QStringLiteral("garbage")));
        QVERIFY(world->refresh(signedIn.tokens.refreshToken));
        world.store.isDown = true;
        REFUSED(world->signOut(signedIn.tokens.accessToken, {}), Fault::Unavailable, "down");
        REFUSED(world->signOut({}, signedIn.tokens.refreshToken), Fault::Unavailable, "down");
    }

    void reuseAfterRevocationEndsWhatCameLater()
    {
        AccountWorld world;
        const auto first = world.signedUp();
        const auto second = world->refresh(first.tokens.refreshToken).value();
        world.store.tokens.front().revokedAt = world.now;
        SESSION_ENDED(world->refresh(first.tokens.refreshToken));
        SESSION_ENDED(world->refresh(second.tokens.refreshToken));
    }

    void authenticates()
    {
        AccountWorld world;
        const QString token = world.signedUp().tokens.accessToken;
        QVERIFY(world->setName(world->authenticate(token).value(), QStringLiteral("  Ann Lee ")));
        const auto user = world->authenticate(token);
        QVERIFY(user);
        QCOMPARE(user->id, UserId{1});
        QCOMPARE(user->email, QStringLiteral("Ann@example.com"));
        QCOMPARE(user->name, QStringLiteral("Ann Lee"));

        world.store.account(UserId{1}).isActive = false;
        NOT_VALIDATED(world->authenticate(token));
        world.store.account(UserId{1}).isActive = true;
        QVERIFY(world->authenticate(token));
        world.store.isDown = true;
        REFUSED(world->authenticate(token), Fault::Unavailable, "down");
        world.store.isDown = false;
        world.now = world.now.addSecs(1800);
        NOT_VALIDATED(world->authenticate(token));
        NOT_VALIDATED(world->authenticate(QStringLiteral("garbage")));
        NOT_VALIDATED(world->authenticate(QString()));
        NOT_VALIDATED(world->authenticate(
            world.tokens.issue(UserId{99}, kServiceEmail, QStringLiteral("x")).value()));
    }

    void authenticatesByEmailAlone()
    {
        AccountWorld world;
        world.signedUp();
        // {"alg":"HS256","typ":"JWT"} . {"sub":"ANN@example.com","exp":1900000000}, keyed as in
        // AccountWorld
        const QString token = QStringLiteral("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."
                                             "eyJzdWIiOiJBTk5AZXhhbXBsZS5jb20iLCJleHAiOjE5MDAwMDAwM"
                                             "DB9.Vxe600dd_qrJQYtZrk-D_2GP33RyoImfqN29I9t0LeU");
        QCOMPARE(world->authenticate(token).value().id, UserId{1});
        world.store.account(UserId{1}).isActive = false;
        NOT_VALIDATED(world->authenticate(token));
        world.store.accounts.clear();
        NOT_VALIDATED(world->authenticate(token));
    }

    void refusesBadNames_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<bool>("isGood");
        QTest::newRow("empty") << QString() << false;
        QTest::newRow("blank") << QStringLiteral("  ") << false;
        QTest::newRow("line break") << QStringLiteral("a\nb") << false;
        QTest::newRow("NUL") << QString(QChar(u'\0')) << false;
        QTest::newRow("too long") << QString(201, u'a') << false;
        QTest::newRow("long") << QString(200, u'a') << true;
        QTest::newRow("any script") << QStringLiteral("Zoë 李 📞 O'Neil") << true;
    }

    void refusesBadNames()
    {
        QFETCH(QString, name);
        AccountWorld world;
        const auto renamed = world->setName(world.signedUp().user, name);
        QTEST(bool(renamed), "isGood");
        if (!renamed)
            QCOMPARE(renamed.error().fault, Fault::Unprocessable);
    }

    void changesRolesOnTheRecord()
    {
        AccountWorld world;
        const auto user = world.signedUp().user;
        const auto changed = world->setRole(UserId{5}, user.id, Role::Support);
        QVERIFY(changed);
        QCOMPARE(changed->role, Role::Support);
        QCOMPARE(world.store.account(user.id).role, Role::Support);
        QCOMPARE(world.audit.entries.size(), size_t(1));
        QCOMPARE(world.audit.entries[0].actor, UserId{5});
        QCOMPARE(world.audit.entries[0].action, QStringLiteral("account.role_changed"));
        QCOMPARE(world.audit.entries[0].subject, QStringLiteral("user:1"));
        QCOMPARE(world.audit.entries[0].detail.value(QStringLiteral("role")).toString(),
                 QStringLiteral("support"));

        world.audit.isDown = true;
        QVERIFY(!world->setRole(UserId{5}, user.id, Role::Admin));
        QCOMPARE(world.store.account(user.id).role, Role::Support);
        world.audit.isDown = false;
        REFUSED(world->setRole(UserId{5}, UserId{99}, Role::Admin), Fault::NotFound,
                "User not found");
        QCOMPARE(world.audit.entries.size(), size_t(1));
    }

    void createsAdmin()
    {
        AccountWorld world;
        const auto admin = world->createAdmin(kServiceEmail, kServicePassword);
        QVERIFY(admin);
        QCOMPARE(admin->role, Role::Admin);
        QVERIFY(world->signIn(kServiceEmail, kServicePassword));
        QCOMPARE(world.audit.entries.size(), size_t(1));
        REFUSED(world->createAdmin(QStringLiteral("x"), kServicePassword), Fault::Unprocessable,
                "value is not a valid email address");
        REFUSED(world->createAdmin(kServiceEmail, QStringLiteral("x")), Fault::Unprocessable,
                "Password must have at least 8 characters");
    }

    void createAdminTakesOverAnAccount()
    {
        AccountWorld world;
        const auto user = world.signedUp();
        world.store.account(user.user.id).isActive = false;
        const auto admin =
            world->createAdmin(kServiceEmail, QStringLiteral("another horse"), Role::Supervisor);
        QVERIFY(admin);
        QCOMPARE(admin->id, user.user.id);
        QCOMPARE(admin->role, Role::Supervisor);
        QVERIFY(admin->isActive);
        QVERIFY(!world->signIn(kServiceEmail, kServicePassword));
        QCOMPARE(world->signIn(kServiceEmail, QStringLiteral("another horse")).value().user.role,
                 Role::Supervisor);
        SESSION_ENDED(world->refresh(user.tokens.refreshToken));
    }

    void ticketsOpenOnce()
    {
        AccountWorld world;
        const auto user = world.signedUp().user;
        const auto ticket = world->issueSocketTicket(user.id);
        QVERIFY(ticket);
        QCOMPARE(ticket->expiresAt, world.now.addSecs(30));
        const auto redeemed = world->redeemSocketTicket(ticket->ticket);
        QVERIFY(redeemed);
        QCOMPARE(redeemed->id, user.id);
        NOT_VALIDATED(world->redeemSocketTicket(ticket->ticket));
        NOT_VALIDATED(world->redeemSocketTicket(QString()));
        NOT_VALIDATED(world->redeemSocketTicket(QStringLiteral("garbage")));

        const auto late = world->issueSocketTicket(user.id);
        world.now = world.now.addSecs(30);
        NOT_VALIDATED(world->redeemSocketTicket(late->ticket));

        const auto orphan = world->issueSocketTicket(user.id);
        world.store.account(user.id).isActive = false;
        NOT_VALIDATED(world->redeemSocketTicket(orphan->ticket));
    }

    void passesOutagesOn()
    {
        AccountWorld world;
        const auto signedIn = world.signedUp();
        world.store.isDown = true;
        REFUSED(
            world->registerUser(QStringLiteral("b@example.com"), kServicePassword, Platform::Web),
            Fault::Unavailable, "down");
        REFUSED(world->signIn(kServiceEmail, kServicePassword), Fault::Unavailable, "down");
        REFUSED(world->refresh(signedIn.tokens.refreshToken), Fault::Unavailable, "down");
        REFUSED(world->issueSocketTicket(UserId{1}), Fault::Unavailable, "down");
        REFUSED(world->redeemSocketTicket(QStringLiteral("x")), Fault::Unavailable, "down");
    }
};

QTEST_APPLESS_MAIN(TestAccountService)
#include "tst_account_service.moc"
