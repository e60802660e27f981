// Ways to sign in beside the plain one, and the sessions they leave.
#include "server/core/accounts/account_service.h"
#include "tests/server/core/accounts/fake_account_store.h"
#include "tests/server/core/accounts/refused.h"

#include <QTest>

using namespace server::core;
using base::Fault;
using base::UserId;

namespace {

const QString kSignInPassword = QStringLiteral("correct horse");

struct SignInWorld
{
    QDateTime now = QDateTime::fromSecsSinceEpoch(1'800'000'000, Qt::UTC);
    tests::FakeAccountStore store;
    tests::FakeAuditLog audit;
    PasswordHasher hasher{PasswordHasher::minimalCost()};
    AccessTokens tokens{base::Secret("a key of the test"), [this] { return now; }};
    AccountService service{{store, audit, hasher, tokens, [this] { return now; }, systemRandom}};

    AccountService *operator->() { return &service; }
    AccountService::SignedIn signUp(const QString &email, const QString &with = kSignInPassword)
    {
        return service.registerUser(email, with, Platform::Web).value();
    }
};

AppleIdentity apple(const QString &id, const QString &email = {})
{
    return {id, email, true};
}

} // namespace

class TestAccountSignIn : public QObject
{
    Q_OBJECT

private slots:
    void readsASpaceAsThePlusItWas()
    {
        SignInWorld world;
        world.signUp(QStringLiteral("ann+test@example.com"), QStringLiteral("a+b c+d 12345"));
        world.signUp(QStringLiteral("bob@example.com"), QStringLiteral("1+1=2 and no more"));
        // As a form that was not escaped arrives.
        QVERIFY(
            world->signIn(QStringLiteral("ann test@example.com"), QStringLiteral("a+b c+d 12345")));
        world.signUp(QStringLiteral("plus@example.com"), QStringLiteral("pass+word+1"));
        QVERIFY(world->signIn(QStringLiteral("plus@example.com"), QStringLiteral("pass word 1")));
        REFUSED(world->signIn(QStringLiteral("ann tes@example.com"), kSignInPassword),
                Fault::Unauthenticated, "Incorrect username or password");
        REFUSED(world->signIn(QStringLiteral("plus@example.com"), QStringLiteral("pass word 2")),
                Fault::Unauthenticated, "Incorrect username or password");
    }

    void appleUserIsMadeOnce()
    {
        SignInWorld world;
        const auto first =
            world->signInWithApple(apple(QStringLiteral("001"), QStringLiteral("Ann@Example.com")),
                                   QStringLiteral(" Ann Lee "));
        QVERIFY(first);
        QVERIFY(first->isNewUser);
        QCOMPARE(first->signedIn.user.email, QStringLiteral("Ann@example.com"));
        QCOMPARE(first->signedIn.user.name, QStringLiteral("Ann Lee"));
        QCOMPARE(first->signedIn.user.platform, Platform::Mobile);
        QVERIFY(world->authenticate(first->signedIn.tokens.accessToken));
        QVERIFY(world->refresh(first->signedIn.tokens.refreshToken));
        const Account &account = world.store.account(first->signedIn.user.id);
        QCOMPARE(account.authProvider, QStringLiteral("apple"));
        QVERIFY(account.isEmailVerified);
        QVERIFY(account.passwordHash.isEmpty());

        // Apple tells the address only the first time; the name is the owner's from then on.
        const auto again =
            world->signInWithApple(apple(QStringLiteral("001")), QStringLiteral("Somebody Else"));
        QVERIFY(again);
        QVERIFY(!again->isNewUser);
        QCOMPARE(again->signedIn.user.id, first->signedIn.user.id);
        QCOMPARE(again->signedIn.user.name, QStringLiteral("Ann Lee"));
        REFUSED(world->signIn(QStringLiteral("ann@example.com"), QString()), Fault::Unauthenticated,
                "Incorrect username or password");
    }

    void appleNamesAnAccountWithoutName()
    {
        SignInWorld world;
        const auto identity = apple(QStringLiteral("001"), QStringLiteral("ann@example.com"));
        QVERIFY(world->signInWithApple(identity, QString()));
        const auto named = world->signInWithApple(identity, QStringLiteral("Ann"));
        QCOMPARE(named->signedIn.user.name, QStringLiteral("Ann"));
        QCOMPARE(world.store.account(named->signedIn.user.id).name, QStringLiteral("Ann"));
    }

    void appleTakesNoAccountOver()
    {
        SignInWorld world;
        const QString taken =
            QStringLiteral("Email already registered with different authentication method");
        world.signUp(QStringLiteral("ann@example.com"));
        const auto refused = world->signInWithApple(
            apple(QStringLiteral("001"), QStringLiteral("ANN@example.com")), {});
        QCOMPARE(refused.error().message, taken);
        QCOMPARE(refused.error().fault, Fault::Invalid);
        QVERIFY(world.store.appleIds.empty());
        // Nor that of another person with Apple.
        QVERIFY(world->signInWithApple(
            apple(QStringLiteral("002"), QStringLiteral("bob@example.com")), {}));
        QCOMPARE(world
                     ->signInWithApple(
                         apple(QStringLiteral("003"), QStringLiteral("bob@example.com")), {})
                     .error()
                     .message,
                 taken);
    }

    void appleRefusals()
    {
        SignInWorld world;
        REFUSED(world->signInWithApple(apple(QStringLiteral("001")), {}), Fault::Invalid,
                "Email is required");
        REFUSED(world->signInWithApple(apple(QStringLiteral("001"), QStringLiteral("x")), {}),
                Fault::Invalid, "Email is required");
        const auto identity = apple(QStringLiteral("001"), QStringLiteral("ann@example.com"));
        REFUSED(world->signInWithApple(identity, QStringLiteral("a\nb")), Fault::Unprocessable,
                "Name must not contain control characters");
        QVERIFY(world.store.accounts.empty());
        const auto user = world->signInWithApple(identity, {})->signedIn.user;
        world.store.account(user.id).isActive = false;
        REFUSED(world->signInWithApple(identity, {}), Fault::Unauthenticated,
                "Could not validate credentials");
    }

    void sessionsAreSeenAndEnded()
    {
        SignInWorld world;
        const auto here = world
                              ->registerUser(QStringLiteral("ann@example.com"), kSignInPassword,
                                             Platform::Web, QStringLiteral("Firefox"))
                              .value();
        const auto there =
            world
                ->signIn(QStringLiteral("ann@example.com"), kSignInPassword,
                         AccountService::Grant::AccessAndRefresh, QStringLiteral("Phone"))
                .value();
        const QString current = world->sessionOf(here.tokens.accessToken);
        const QString other = world->sessionOf(there.tokens.accessToken);
        QVERIFY(!current.isEmpty() && !other.isEmpty() && current != other);
        QCOMPARE(world->sessionsOf(here.user.id)->size(), size_t(2));

        // A refreshed token belongs to the session it came from.
        const auto next = world->refresh(here.tokens.refreshToken).value();
        QCOMPARE(world->sessionOf(next.tokens.accessToken), current);
        const auto token = world
                               ->signIn(QStringLiteral("ann@example.com"), kSignInPassword,
                                        AccountService::Grant::AccessOnly)
                               .value();
        QCOMPARE(world->sessionOf(token.tokens.accessToken), QString());
        QCOMPARE(world->sessionOf(QStringLiteral("garbage")), QString());

        QVERIFY(world->endSession(here.user.id, other));
        QVERIFY(!world->refresh(there.tokens.refreshToken));
        REFUSED(world->endSession(here.user.id, other), Fault::NotFound, "Session not found");
        REFUSED(world->endSession(UserId{99}, current), Fault::NotFound, "Session not found");
        QCOMPARE(world->sessionsOf(here.user.id)->front().id, current);
        QCOMPARE(world->sessionsOf(here.user.id)->front().userAgent, QString()); // the refresh's
    }

    void earlierTokensEndWithThePassword()
    {
        SignInWorld world;
        const auto user = world.signUp(QStringLiteral("ann@example.com"));
        QVERIFY(world->authenticate(user.tokens.accessToken));
        world.now = world.now.addSecs(10);
        world.store.account(user.user.id).tokensValidFrom = world.now;
        REFUSED(world->authenticate(user.tokens.accessToken), Fault::Unauthenticated,
                "Could not validate credentials");
        const auto renewed = world->renewAccess(user.user.id, QStringLiteral("s"));
        QVERIFY(world->authenticate(*renewed));
        QCOMPARE(world->sessionOf(*renewed), QStringLiteral("s"));
        REFUSED(world->renewAccess(UserId{99}, {}), Fault::Unauthenticated,
                "Could not validate credentials");
    }
};

QTEST_APPLESS_MAIN(TestAccountSignIn)
#include "tst_account_sign_in.moc"
