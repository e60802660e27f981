#include "console/app/options.h"

#include <QTest>

using console::app::Appearance;
using console::app::readOptions;

class TstOptions final : public QObject
{
    Q_OBJECT

private slots:
    void readsAll()
    {
        const auto options = readOptions(
            QStringLiteral(
                "console --server http://127.0.0.1:5 --email a@b.c --password-env PW "
                "--theme dark --select-first --listen-first --screenshot x.png "
                "--screenshot-when-talking 8 --screenshot-timeout 9 --quit-after-screenshot")
                .split(u' '),
            QStringLiteral("light"));
        QVERIFY(options);
        QCOMPARE(options->server, QUrl(QStringLiteral("http://127.0.0.1:5")));
        QCOMPARE(options->passwordVariable, QStringLiteral("PW"));
        QCOMPARE(options->theme, Appearance::Choice::Dark);
        QVERIFY(options->selectFirst && options->listenFirst && options->quitAfterScreenshot);
        QCOMPARE(options->screenshotWhenTalking, 8);
        QCOMPARE(options->screenshotTimeout, std::chrono::seconds(9));
    }

    void theEnvironmentChoosesTheThemeWhenTheLineDoesNot()
    {
        const QStringList bare{QStringLiteral("console")};
        QCOMPARE(readOptions(bare, QStringLiteral("dark"))->theme, Appearance::Choice::Dark);
        QCOMPARE(readOptions(bare, {})->theme, Appearance::Choice::System);
    }

    void refusesRubbish_data()
    {
        QTest::addColumn<QString>("line");
        QTest::newRow("unknown option") << QStringLiteral("console --frobnicate");
        QTest::newRow("theme") << QStringLiteral("console --theme pink");
        QTest::newRow("server") << QStringLiteral("console --server ftp://x");
        QTest::newRow("number") << QStringLiteral("console --screenshot-timeout soon");
        QTest::newRow("below zero") << QStringLiteral("console --screenshot-when-talking=-1");
        QTest::newRow("stray word") << QStringLiteral("console hello");
        QTest::newRow("value missing") << QStringLiteral("console --email");
    }

    void refusesRubbish()
    {
        QFETCH(QString, line);
        const auto options = readOptions(line.split(u' '), {});
        QVERIFY(!options);
        QVERIFY(!options.error().message.isEmpty());
    }

    void helpIsText()
    {
        const auto options = readOptions({QStringLiteral("console"), QStringLiteral("--help")}, {});
        QVERIFY(options->informationText.contains(QStringLiteral("--password-env")));
    }
};

QTEST_GUILESS_MAIN(TstOptions)
#include "tst_options.moc"
