// Against a real mail server, if a small one.
#include "server/adapters/mail/smtp_mailer.h"
#include "tests/server/adapters/mail/mail_catcher.h"

#include <QElapsedTimer>
#include <QTcpServer>
#include <QTest>

using namespace server::mail;
using server::core::Mail;
using tests::MailCatcher;
using namespace Qt::StringLiterals;

namespace {

SmtpServer serverAt(quint16 port, const char *user = "")
{
    return SmtpServer::parse(
               base::Secret("smtp://" + QByteArray(user) + "127.0.0.1:" + QByteArray::number(port)))
        .value();
}

const Sender us{u"Speech Assistant"_s, u"no@example.com"_s};
const Mail mail{u"ann@example.com"_s, u"Hi"_s, u"First\n.hidden\n..\nhttps://x/?token=a_b-c\n"_s};

SmtpMailer::Options quick(size_t tries)
{
    SmtpMailer::Options options;
    options.pauses.assign(tries - 1, std::chrono::milliseconds(20));
    return options;
}

} // namespace

class TestSmtpMailer : public QObject
{
    Q_OBJECT

private slots:
    void handsOver()
    {
        MailCatcher catcher;
        SmtpMailer mailer(serverAt(catcher.port(), "me%40x.de:p%3Aw@"), us, quick(1));
        QVERIFY(mailer.send(mail));
        const auto mails = catcher.waitFor(1);
        QCOMPARE(mails.size(), 1);
        QVERIFY(mails[0].from.startsWith("<no@example.com>"));
        QCOMPARE(mails[0].to, QByteArray("<ann@example.com>"));
        QCOMPARE(mails[0].credentials, QByteArray("me@x.de\0p:w", 11));
        QVERIFY(mails[0].message.startsWith("From: \"Speech Assistant\" <no@example.com>\r\n"));
        QVERIFY(mails[0].message.endsWith(
            "\r\n\r\nFirst\r\n.hidden\r\n..\r\nhttps://x/?token=a_b-c\r\n"));
    }

    void triesAgain()
    {
        MailCatcher catcher;
        catcher.refuseNext({"451 come back later", "drop"});
        SmtpMailer mailer(serverAt(catcher.port()), us, quick(3));
        QVERIFY(mailer.send(mail));
        QCOMPARE(catcher.waitFor(1).size(), 1);
        QVERIFY(catcher.waitForTries(3));
    }

    void givesUpAfterItsTries()
    {
        MailCatcher catcher;
        catcher.refuseNext({"451 no", "451 no", "451 no"});
        SmtpMailer mailer(serverAt(catcher.port()), us, quick(3));
        QVERIFY(mailer.send(mail));
        QVERIFY(mailer.send({u"bob@example.com"_s, u"Hi"_s, u"x\n"_s}));
        const auto mails = catcher.waitFor(1); // the one behind it
        QCOMPARE(mails.size(), 1);
        QCOMPARE(mails[0].to, QByteArray("<bob@example.com>"));
    }

    void takesNoForAnAnswer()
    {
        MailCatcher catcher;
        catcher.refuseNext({"554 never"});
        SmtpMailer mailer(serverAt(catcher.port()), us, quick(5));
        QVERIFY(mailer.send(mail));
        QVERIFY(mailer.send({u"bob@example.com"_s, u"Hi"_s, u"x\n"_s}));
        const auto mails = catcher.waitFor(1);
        QCOMPARE(mails.size(), 1);
        QCOMPARE(mails[0].to, QByteArray("<bob@example.com>")); // and no second try of the first
    }

    void sendsNoPasswordInTheClear()
    {
        MailCatcher catcher; // knows no TLS
        SmtpServer server = serverAt(catcher.port(), "me:pw@");
        server.needsTls = true;
        const std::atomic<bool> isAborted = false;
        const SmtpReport report = sendBySmtp(server, {u"no@example.com"_s, u"ann@example.com"_s},
                                             "x\r\n", std::chrono::seconds(10), isAborted);
        QCOMPARE(report.outcome, SmtpOutcome::Never);
        QVERIFY(!report.cause.contains(u"pw"_s));
        QVERIFY(!catcher.waitForTries(1, 0));
    }

    void nobodyThereIsWorthAnotherTry()
    {
        const std::atomic<bool> isAborted = false;
        const SmtpReport report =
            sendBySmtp(serverAt(1), {u"no@example.com"_s, u"ann@example.com"_s}, "x\r\n",
                       std::chrono::seconds(10), isAborted);
        QCOMPARE(report.outcome, SmtpOutcome::Later);
        QVERIFY(!report.cause.isEmpty());
    }

    void closingWaitsForNothingThatHangs()
    {
        MailCatcher catcher;
        catcher.refuseNext({"hang"});
        SmtpMailer::Options options = quick(3);
        options.patience = std::chrono::minutes(5);
        SmtpMailer mailer(serverAt(catcher.port()), us, options);
        QVERIFY(mailer.send(mail));
        QVERIFY(catcher.waitForTries(1));
        QElapsedTimer timer;
        timer.start();
        mailer.close(std::chrono::milliseconds(50));
        QVERIFY2(timer.elapsed() < 60'000, "far below the patience of a try");
        QCOMPARE(mailer.send(mail).error().fault, base::Fault::Unavailable);
    }

    void closingSendsWhatWaits()
    {
        MailCatcher catcher;
        SmtpMailer mailer(serverAt(catcher.port()), us, quick(2));
        for (int i = 0; i < 5; ++i)
            QVERIFY(mailer.send(mail));
        mailer.close(std::chrono::seconds(30));
        QCOMPARE(catcher.waitFor(5, 0).size(), 5);
    }
};

QTEST_GUILESS_MAIN(TestSmtpMailer)
#include "tst_smtp_mailer.moc"
