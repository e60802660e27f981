#include "console/views/icons.h"
#include "console/views/sign_in_page.h"

#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

using console::views::serverFromText;
using console::views::SignInPage;

class TstSignInPage final : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase() { console::views::initResources(); }

    void readsAddresses_data()
    {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<QString>("url");
        QTest::newRow("full") << u"https://calls.example.com"_qs << u"https://calls.example.com"_qs;
        QTest::newRow("port") << u" http://10.0.0.2:5051 "_qs << u"http://10.0.0.2:5051"_qs;
        QTest::newRow("bare name is secure")
            << u"calls.example.com"_qs << u"https://calls.example.com"_qs;
        QTest::newRow("this computer") << u"localhost:5051"_qs << u"http://localhost:5051"_qs;
        QTest::newRow("this computer's number")
            << u"127.0.0.1:5051"_qs << u"http://127.0.0.1:5051"_qs;
        QTest::newRow("empty") << QString() << QString();
        QTest::newRow("another scheme") << u"ftp://x"_qs << QString();
        QTest::newRow("script") << u"javascript:alert(1)"_qs << QString();
        QTest::newRow("blank inside") << u"calls example"_qs << QString();
        QTest::newRow("password inside") << u"https://a:b@x"_qs << QString();
        QTest::newRow("query") << u"https://x/?a=1"_qs << QString();
    }

    void readsAddresses()
    {
        QFETCH(QString, typed);
        QTEST(serverFromText(typed).value_or(QUrl()).toString(), "url");
    }

    void asksForWhatIsMissingAndSubmitsByKeyboard()
    {
        SignInPage page;
        page.show();
        QSignalSpy asked(&page, &SignInPage::signInRequested);
        auto *server = page.findChild<QLineEdit *>(u"serverField"_qs);
        auto *email = page.findChild<QLineEdit *>(u"emailField"_qs);
        auto *password = page.findChild<QLineEdit *>(u"passwordField"_qs);
        auto *message = page.findChild<QLabel *>(u"signInMessage"_qs);
        QTest::keyClick(server, Qt::Key_Return);
        QVERIFY(message->text().contains(u"address"_qs));
        QTest::keyClicks(server, u"localhost:1"_qs);
        QTest::keyClicks(email, u"a@b.c"_qs);
        QTest::keyClick(email, Qt::Key_Return);
        QVERIFY(message->text().contains(u"password"_qs));
        QTest::keyClicks(password, u"secret"_qs);
        QTest::keyClick(password, Qt::Key_Return);
        QCOMPARE(asked.count(), 1);
        QCOMPARE(asked[0][1].toString(), u"a@b.c"_qs);
        QVERIFY(password->text().isEmpty());
        QVERIFY(!server->isEnabled());
        page.showProblem(u"No."_qs);
        QVERIFY(server->isEnabled());
        QCOMPARE(message->text(), u"No."_qs);
    }
};

QTEST_MAIN(TstSignInPage)
#include "tst_sign_in_page.moc"
