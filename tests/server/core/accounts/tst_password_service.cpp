#include "server/core/accounts/password_service.h"
#include "tests/server/core/accounts/fake_account_extras.h"
#include "tests/server/core/accounts/refused.h"

#include <QTest>

using namespace server::core;
using base::Fault;
using base::UserId;

namespace {

const QString kResetEmail = QStringLiteral("ann@example.com");
const QString oldPassword = QStringLiteral("correct horse");
const QString newPassword = QStringLiteral("better staple");

struct PasswordWorld
{
    QDateTime now = QDateTime::fromSecsSinceEpoch(1'800'000'000, Qt::UTC);
    tests::FakeAccountStore accounts;
    tests::FakePasswordStore passwords{accounts};
    tests::FakeMailer mailer;
    PasswordHasher hasher{PasswordHasher::minimalCost()};
    std::vector<std::function<void()>> waiting;
    bool isBusy = false;
    bool canMail = true;
    UserId ann;

    PasswordWorld()
    {
        ann = accounts
                  .create({kResetEmail,
                           kResetEmail,
                           *hasher.hash(oldPassword),
                           {},
                           protocol::Role::None,
                           QStringLiteral("password"),
                           now})
                  ->id;
    }
    PasswordService service()
    {
        return PasswordService({accounts, passwords, hasher, canMail ? &mailer : nullptr,
                                [this](std::function<void()> task) {
                                    if (!isBusy)
                                        waiting.push_back(std::move(task));
                                    return !isBusy;
                                },
                                [this] { return now; }, systemRandom},
                               {QStringLiteral("https://app.example.com/reset-password"),
                                std::chrono::hours(1), std::chrono::minutes(1)});
    }
    bool isPassword(const QString &password)
    {
        return hasher.verify(password, accounts.account(ann).passwordHash).isMatch;
    }
    /// Asks for a mail, does what was put off, and takes the token out of the newest mail.
    QString mailedToken(PasswordService &service)
    {
        if (!service.forgot(kResetEmail))
            return {};
        runWaiting();
        if (mailer.mails.empty())
            return {};
        const QString &text = mailer.mails.back().text;
        const QString start = QStringLiteral("https://app.example.com/reset-password?token=");
        const qsizetype at = text.indexOf(start);
        return at < 0 ? QString() : text.mid(at + start.size()).section(QLatin1Char('\n'), 0, 0);
    }
    void runWaiting()
    {
        for (const auto &task : waiting)
            task();
        waiting.clear();
    }
};

} // namespace

class TestPasswordService : public QObject
{
    Q_OBJECT

private slots:
    void changes()
    {
        PasswordWorld world;
        auto service = world.service();
        for (const char *family : {"here", "there"}) {
            RefreshToken token;
            token.user = world.ann;
            token.family = QLatin1String(family);
            token.expiresAt = world.now.addDays(1);
            QVERIFY(world.accounts.addRefreshToken(token));
        }
        REFUSED(service.change(world.ann, newPassword, newPassword, {}), Fault::Invalid,
                "Current password is incorrect");
        REFUSED(service.change(world.ann, oldPassword, QStringLiteral("short"), {}),
                Fault::Unprocessable, "Password must have at least 8 characters");
        QVERIFY(world.isPassword(oldPassword));

        QVERIFY(service.change(world.ann, oldPassword, newPassword, QStringLiteral("here")));
        QVERIFY(world.isPassword(newPassword));
        QVERIFY(!world.isPassword(oldPassword));
        QVERIFY(!world.accounts.tokens.at(0).revokedAt.isValid());
        QVERIFY(world.accounts.tokens.at(1).revokedAt.isValid());
        QCOMPARE(world.accounts.account(world.ann).tokensValidFrom, world.now);
    }

    void accountsWithoutPasswordHaveNoneToChange()
    {
        PasswordWorld world;
        auto service = world.service();
        world.accounts.account(world.ann).passwordHash.clear();
        REFUSED(service.change(world.ann, oldPassword, newPassword, {}), Fault::Invalid,
                "This account has no password");
        QCOMPARE(world.mailedToken(service), QString());
        QVERIFY(world.mailer.mails.empty());
    }

    void mailedTokenWorksOnce()
    {
        PasswordWorld world;
        auto service = world.service();
        const QString token = world.mailedToken(service);
        QCOMPARE(token.size(), 43);
        QCOMPARE(world.mailer.mails.size(), size_t(1));
        QCOMPARE(world.mailer.mails.front().to, kResetEmail);
        QVERIFY(!world.passwords.resets.front().hash.contains(token.toLatin1()));

        REFUSED(service.reset(token, QStringLiteral("short")), Fault::Unprocessable,
                "Password must have at least 8 characters");
        QVERIFY(service.reset(token, newPassword));
        QVERIFY(world.isPassword(newPassword));
        REFUSED(service.reset(token, oldPassword), Fault::Invalid,
                "Invalid or expired reset token");
        QVERIFY(world.isPassword(newPassword));
    }

    void tokensLastAnHour()
    {
        PasswordWorld world;
        auto service = world.service();
        const QString token = world.mailedToken(service);
        world.now = world.now.addSecs(3600);
        REFUSED(service.reset(token, newPassword), Fault::Invalid,
                "Invalid or expired reset token");
        world.now = world.now.addSecs(-1);
        QVERIFY(service.reset(token, newPassword));
        REFUSED(service.reset(QStringLiteral("made-up"), newPassword), Fault::Invalid,
                "Invalid or expired reset token");
    }

    void answersTheSameForAnyAddress()
    {
        PasswordWorld world;
        auto service = world.service();
        // Before the answer nothing is looked up: all work is put off, whoever it is about.
        world.accounts.isDown = true;
        QVERIFY(service.forgot(kResetEmail));
        QVERIFY(service.forgot(QStringLiteral("nobody@example.com")));
        QCOMPARE(world.waiting.size(), size_t(2));
        world.runWaiting(); // fails, which only the log hears of
        QVERIFY(world.mailer.mails.empty());
        world.accounts.isDown = false;
        QVERIFY(service.forgot(QStringLiteral("nobody@example.com")));
        world.accounts.account(world.ann).isActive = false;
        QVERIFY(service.forgot(kResetEmail));
        world.runWaiting();
        QVERIFY(world.mailer.mails.empty());
    }

    void mailsAtMostOnceAMinute()
    {
        PasswordWorld world;
        auto service = world.service();
        const QString first = world.mailedToken(service);
        world.now = world.now.addSecs(59);
        QVERIFY(service.forgot(kResetEmail));
        world.runWaiting();
        QCOMPARE(world.mailer.mails.size(), size_t(1));
        world.now = world.now.addSecs(2);
        const QString second = world.mailedToken(service);
        QCOMPARE(world.mailer.mails.size(), size_t(2));
        // Both work until one is used: a second mail must not make the first link worthless.
        QVERIFY(first != second);
        QVERIFY(service.reset(first, newPassword));
        QVERIFY(!service.reset(second, oldPassword));
    }

    void saysWhenItCannotMail()
    {
        PasswordWorld world;
        world.isBusy = true;
        auto busy = world.service();
        REFUSED(busy.forgot(kResetEmail), Fault::Unavailable,
                "The service is busy. Please try again.");
        REFUSED(busy.forgot(QStringLiteral("nonsense")), Fault::Unprocessable,
                "value is not a valid email address");
        world.canMail = false;
        auto mute = world.service();
        REFUSED(mute.forgot(kResetEmail), Fault::Unavailable,
                "This server is not set up to send e-mail");
    }
};

QTEST_APPLESS_MAIN(TestPasswordService)
#include "tst_password_service.moc"
