#include "server/adapters/mail/file_outbox.h"
#include "server/adapters/mail/mail_message.h"
#include "server/adapters/mail/smtp_client.h"

#include <QDir>
#include <QTemporaryDir>
#include <QTest>

using namespace server::mail;
using server::core::Mail;
using namespace Qt::StringLiterals;

namespace {

const QDateTime at = QDateTime::fromSecsSinceEpoch(1'800'000'000, Qt::UTC);

QByteArray made(const Mail &mail, const Sender &from = {u"Speech Assistant"_s, u"no@example.com"_s})
{
    return composed(mail, from, at, "id1");
}

QByteArray headerOf(const QByteArray &message, const QByteArray &name)
{
    const qsizetype start = message.indexOf("\r\n" + name + ": ") + 2;
    return message.mid(start, message.indexOf("\r\n", start) - start);
}

} // namespace

class TestMailMessage : public QObject
{
    Q_OBJECT

private slots:
    void plain()
    {
        QCOMPARE(
            made({u"ann@example.com"_s, u"A new password"_s, u"Hello,\n\n.\nhttps://x/?a=b\n"_s}),
            QByteArray("From: \"Speech Assistant\" <no@example.com>\r\n"
                       "To: <ann@example.com>\r\n"
                       "Subject: A new password\r\n"
                       "Date: Fri, 15 Jan 2027 08:00:00 +0000\r\n"
                       "Message-ID: <id1@example.com>\r\n"
                       "Auto-Submitted: auto-generated\r\n"
                       "MIME-Version: 1.0\r\n"
                       "Content-Type: text/plain; charset=utf-8\r\n"
                       "Content-Transfer-Encoding: 7bit\r\n"
                       "\r\n"
                       "Hello,\r\n\r\n.\r\nhttps://x/?a=b\r\n"));
    }

    void otherScripts()
    {
        const QByteArray message =
            made({u"ann@example.com"_s, u"Grüße 📞"_s, u"Grüße 📞\n"_s}, {u"Zoë"_s, u"z@b.de"_s});
        QVERIFY(message.contains("From: =?utf-8?B?Wm/Dqw==?= <z@b.de>\r\n"));
        QVERIFY(message.contains("Subject: =?utf-8?B?R3LDvMOfZSDwn5Oe?=\r\n"));
        QVERIFY(message.contains("Content-Transfer-Encoding: base64\r\n"));
        const QByteArray body = message.mid(message.indexOf("\r\n\r\n") + 4);
        QCOMPARE(QByteArray::fromBase64(body), QByteArray("Grüße 📞\r\n"));
        for (const QByteArray &line : message.split('\n'))
            QVERIFY(line.size() <= 79);
        // A long subject is cut between characters, never within one.
        const QByteArray subject = made({u"a@b.de"_s, QString(100, u'ü'), u"x"_s});
        qsizetype words = 0;
        QByteArray decoded;
        for (const QByteArray &line : subject.split('\n')) {
            const qsizetype start = line.indexOf("=?utf-8?B?");
            if (start < 0)
                continue;
            ++words;
            const QByteArray word = QByteArray::fromBase64(
                line.mid(start + 10, line.indexOf("?=", start) - start - 10));
            QVERIFY(QString::fromUtf8(word).toUtf8() == word);
            decoded += word;
        }
        QVERIFY(words > 1);
        QCOMPARE(QString::fromUtf8(decoded), QString(100, u'ü'));
    }

    void nothingBreaksOutOfTheHeader()
    {
        const QByteArray message =
            made({u"a@b.de\r\nBcc: evil@example.com"_s, u"Hi\r\nX-Evil: 1\n\r\nbody"_s, u"x\r\n"_s},
                 {u"\"Q\"\r\n"_s, u"no@example.com"_s});
        QCOMPARE(headerOf(message, "Subject"), QByteArray("Subject: HiX-Evil: 1body"));
        QCOMPARE(message.count("\r\nBcc"), 0);
        QVERIFY(message.startsWith("From: \"\\\"Q\\\"\" <no@example.com>\r\n"));
        QVERIFY(message.endsWith("\r\n\r\nx\r\n"));
    }

    void longLinesAreEncoded()
    {
        QVERIFY(made({u"a@b.de"_s, u"s"_s, QString(999, u'x')}).contains("base64\r\n"));
        QVERIFY(made({u"a@b.de"_s, u"s"_s, QString(998, u'x')}).contains("7bit\r\n"));
    }

    void readsSenders_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("address");
        QTest::newRow("bare") << u" no@example.com "_s << QString() << u"no@example.com"_s;
        QTest::newRow("named") << u"Speech Assistant <no@example.com>"_s << u"Speech Assistant"_s
                               << u"no@example.com"_s;
        QTest::newRow("quoted") << u"\"A, B\" <no@example.com>"_s << u"A, B"_s
                                << u"no@example.com"_s;
        QTest::newRow("empty") << QString() << QString() << QString();
        QTest::newRow("no address") << u"Speech Assistant"_s << QString() << QString();
        QTest::newRow("two") << u"a@b.de, c@d.de"_s << QString() << QString();
        QTest::newRow("half open") << u"no@example.com>"_s << QString() << QString();
    }

    void readsSenders()
    {
        QFETCH(QString, address);
        QFETCH(QString, text);
        const auto sender = Sender::parse(text);
        QCOMPARE(sender.has_value(), !address.isEmpty());
        if (sender) {
            QCOMPARE(sender->address, address);
            QTEST(sender->name, "name");
        }
    }

    void readsServers()
    {
        const auto parsed = [](const char *text) {
            return SmtpServer::parse(base::Secret(QByteArray(text)));
        };
        const auto full = parsed("smtps://me%40example.com:p%3Aw%2Fd@mail.example.com:465");
        QVERIFY(full);
        QCOMPARE(full->url, u"smtps://mail.example.com:465"_s);
        QCOMPARE(full->user, u"me@example.com"_s);
        QCOMPARE(full->password.reveal(), QByteArray("p:w/d"));
        QVERIFY(full->needsTls);
        QVERIFY(parsed("smtp://u:p@mail.example.com:587")->needsTls);
        QVERIFY(!parsed("smtp://u:p@127.0.0.1:2525")->needsTls);
        QVERIFY(!parsed("smtp://relay.example.com")->needsTls);
        for (const char *bad : {"", "mail.example.com", "http://mail.example.com", "smtp://",
                                "smtp://mail.example.com/path", "smtp://mail.example.com?x=1"})
            QVERIFY2(!parsed(bad), bad);
    }

    void outboxWritesFiles()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath(u"data/outbox"_s);
        FileOutbox outbox(path, {{}, u"no@example.com"_s}, [] { return at; });
        const Mail mail{u"ann@example.com"_s, u"Hi"_s, u"Text\n"_s};
        QVERIFY(outbox.send(mail));
        QVERIFY(outbox.send(mail));
        const QStringList files = QDir(path).entryList({u"*.eml"_s}, QDir::Files, QDir::Name);
        QCOMPARE(files.size(), 2);
        QVERIFY(files.first().startsWith(u"20270115-080000-000-"_s));
        QFile file(path + u'/' + files.first());
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY(file.readAll().endsWith("\r\n\r\nText\r\n"));
        QCOMPARE(file.permissions() & (QFile::ReadGroup | QFile::ReadOther), QFile::Permissions());

        FileOutbox nowhere(u"/proc/nowhere"_s, {{}, u"no@example.com"_s});
        QCOMPARE(nowhere.send(mail).error().fault, base::Fault::Unavailable);
    }
};

QTEST_GUILESS_MAIN(TestMailMessage)
#include "tst_mail_message.moc"
