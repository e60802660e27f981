// The real window on a fake server.
#include "console/app/appearance.h"
#include "console/app/wiring.h"
#include "console/views/call_pane.h"
#include "console/views/calls_table.h"
#include "console/views/connection_banner.h"
#include "console/views/live_page.h"
#include "console/views/notice_bar.h"
#include "console/views/theme.h"
#include "tests/console/fake_server.h"

#include <QAccessible>
#include <QApplication>
#include <QLabel>
#include <QLineEdit>
#include <QMessageBox>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>

using namespace console;
using models::LiveCallsModel;
using protocol::CallState;
using tests::FakeServer;

class TstMainWindow final : public QObject
{
    Q_OBJECT

private:
    /// A window that is signed in and has its first snapshot of two talking calls.
    struct Bench
    {
        QTemporaryDir folder;
        QSettings settings{folder.filePath(u"c.ini"_qs), QSettings::IniFormat};
        api::MemoryTokenStore tokens;
        FakeServer server;
        app::Options options;
        std::unique_ptr<app::Wiring> wiring;

        Bench()
        {
            for (const qint64 id : {11, 12}) {
                protocol::LiveCall call;
                call.id = id;
                call.state = CallState::Talking;
                call.phoneNumber = u"+1*%1"_qs.arg(id);
                call.answeredAt = QDateTime::currentDateTimeUtc();
                server.calls[id] = call;
            }
            protocol::TranscriptLine cut;
            cut.itemId = u"x"_qs;
            cut.speaker = protocol::Speaker::Agent;
            cut.text = u"Heard and unheard words"_qs;
            cut.heardChars = 6;
            cut.isFinal = true;
            cut.wasInterrupted = true;
            server.details[11].transcript = {cut};
            server.details[11].turns = {{1, -1, 400, 420}};
            options.server = server.url();
            options.email = u"sam@example.com"_qs;
        }

        void start()
        {
            wiring = std::make_unique<app::Wiring>(options, settings, tokens);
            wiring->start(base::Secret(server.password.toUtf8()));
            QVERIFY(QTest::qWaitForWindowExposed(&window()));
            QTRY_COMPARE(calls().rowCount(), int(server.calls.size()));
        }

        app::MainWindow &window() const { return wiring->window(); }
        LiveCallsModel &calls() const { return wiring->desk().calls(); }
        views::CallsTable *table() const { return window().livePage()->table(); }
        template <typename T>
        T *child(const QString &name = {}) const
        {
            return window().findChild<T *>(name);
        }
    };

private slots:
    void initTestCase() { m_appearance.start(app::Appearance::Choice::Light); }

    void showsCallsAndTheirTranscript()
    {
        Bench bench;
        bench.start();
        QTRY_VERIFY(bench.table()->isVisible());
        bench.table()->setFocus();
        QTest::keyClick(bench.table(), Qt::Key_Down);
        QTRY_COMPARE(bench.wiring->desk().watchedId(), bench.table()->selectedId());
        bench.table()->select(11);
        QTRY_COMPARE(bench.wiring->desk().transcript().rowCount(), 1);
        const auto ranges = bench.wiring->desk()
                                .transcript()
                                .index(0)
                                .data(models::TranscriptModel::RangesRole)
                                .value<QList<models::TextRange>>();
        QCOMPARE(ranges.last(), (models::TextRange{6, 17, models::Hearing::NeverHeard}));
        QCOMPARE(bench.child<QLabel>(u"statusCalls"_qs)->text(), u"2 live call(s)"_qs);
    }

    void hangsUpOnlyAfterTheQuestion()
    {
        Bench bench;
        bench.start();
        bench.table()->select(12);
        QSignalSpy asked(&bench.server, &FakeServer::hangUpAsked);
        QTest::keyClick(&bench.window(), Qt::Key_H, Qt::ControlModifier);
        QTRY_VERIFY(bench.child<QMessageBox>());
        QTest::keyClick(bench.child<QMessageBox>(), Qt::Key_Escape);
        QTRY_VERIFY(!bench.child<QMessageBox>());
        QVERIFY(!bench.server.requests.contains(u"POST /admin/calls/12/hangup"_qs));

        bench.child<QPushButton>(u"hangUpButton"_qs)->click();
        QTRY_VERIFY(bench.child<QMessageBox>());
        const auto buttons = bench.child<QMessageBox>()->findChildren<QPushButton *>();
        for (QPushButton *button : buttons) {
            if (button->text() == u"Hang up"_qs)
                QTest::keyClick(button, Qt::Key_Space);
        }
        QTRY_COMPARE(asked.count(), 1);
        QCOMPARE(asked[0][0].toLongLong(), 12);
    }

    void aRefusedHangUpIsSaid()
    {
        Bench bench;
        bench.start();
        bench.server.hangUpStatus = 409;
        bench.wiring->desk().hangUp(11);
        auto *notice = bench.child<views::NoticeBar>();
        QTRY_VERIFY(notice->isVisible());
        QVERIFY(notice->text().contains(u"It has ended."_qs));
        QVERIFY(bench.wiring->desk().mayHangUp(11));
    }

    void listensByShortcut()
    {
        Bench bench;
        bench.start();
        bench.table()->select(11);
        QTest::keyClick(&bench.window(), Qt::Key_L, Qt::ControlModifier);
        const auto hasAskedToListen = [&bench] {
            const auto &asked = bench.server.feedRequests;
            return std::any_of(asked.begin(), asked.end(), [](const QJsonObject &message) {
                return message.value(u"type"_qs) == u"listen"_qs
                       && message.value(u"call_id"_qs) == 11;
            });
        };
        QTRY_VERIFY(hasAskedToListen());
    }

    void aSupporterMayNotHangUp()
    {
        Bench bench;
        bench.server.user.role = protocol::Role::Support;
        bench.start();
        bench.table()->select(11);
        QVERIFY(!bench.child<QPushButton>(u"hangUpButton"_qs)->isEnabled());
        QVERIFY(bench.child<QPushButton>(u"listenButton"_qs)->isEnabled());
    }

    void aStrangerIsTurnedAwayWithAWord()
    {
        Bench bench;
        bench.server.user.role = protocol::Role::None;
        bench.wiring = std::make_unique<app::Wiring>(bench.options, bench.settings, bench.tokens);
        bench.wiring->start(base::Secret(bench.server.password.toUtf8()));
        QTRY_VERIFY(bench.child<QLabel>(u"signInMessage"_qs)->text().contains(u"may not watch"_qs));
    }

    void keepsTheEndedCallReadable()
    {
        Bench bench;
        bench.start();
        bench.table()->select(11);
        QTRY_COMPARE(bench.wiring->desk().transcript().rowCount(), 1);
        bench.server.calls.erase(11);
        bench.server.sendDelta({}, {11});
        QTRY_COMPARE(bench.calls().rowCount(), 1);
        QCOMPARE(bench.table()->selectedId(), 0);
        QCOMPARE(bench.wiring->desk().watchedId(), 11);
        QCOMPARE(bench.wiring->desk().watchedCall()->state, CallState::Ended);
        QTRY_VERIFY(bench.server.requests.contains(u"GET /admin/calls/11"_qs));
        QCOMPARE(bench.wiring->desk().transcript().rowCount(), 1);
        QVERIFY(!bench.wiring->desk().mayHangUp(11));
    }

    void saysThatTheServerIsAwayAndComesBack()
    {
        Bench bench;
        bench.start();
        auto *banner = bench.child<views::ConnectionBanner>();
        QVERIFY(!banner->isVisible());
        bench.server.goAway();
        QTRY_VERIFY(banner->isVisible());
        QVERIFY(!banner->text().isEmpty());
        bench.server.calls.erase(12);
        bench.server.comeBack();
        QTRY_VERIFY_WITH_TIMEOUT(!banner->isVisible(), 10000);
        QTRY_COMPARE(bench.calls().rowCount(), 1);
    }

    void anEndedSessionLeadsBackToSignIn()
    {
        Bench bench;
        bench.start();
        bench.server.expireAccess();
        bench.server.refusesRefresh = true;
        bench.server.dropSockets();
        auto *message = bench.child<QLabel>(u"signInMessage"_qs);
        QTRY_VERIFY_WITH_TIMEOUT(message->isVisible(), 10000);
        QVERIFY(message->text().contains(u"sign in again"_qs));
        QCOMPARE(bench.calls().rowCount(), 0);
    }

    void signsInAgainWithTheStoredToken()
    {
        Bench bench;
        bench.start();
        bench.wiring.reset();
        bench.options.server.clear();
        bench.options.email.clear();
        bench.wiring = std::make_unique<app::Wiring>(bench.options, bench.settings, bench.tokens);
        bench.wiring->start({});
        QTRY_COMPARE(bench.calls().rowCount(), 2);
        const QStringList keys = bench.settings.allKeys();
        for (const QString &key : keys)
            QVERIFY(!bench.settings.value(key).toString().contains(u"refresh-"_qs));
    }

    void takesThePictureItWasAskedFor()
    {
        Bench bench;
        protocol::TranscriptLine second;
        second.itemId = u"y"_qs;
        second.startMs = 5;
        bench.server.details[11].transcript.append(second);
        const QString file = bench.folder.filePath(u"p.png"_qs);
        bench.options.screenshotFile = file;
        bench.options.screenshotWhenTalking = 2;
        bench.options.selectFirst = true;
        bench.options.quitAfterScreenshot = true;
        bench.start();
        QSignalSpy finished(bench.wiring.get(), &app::Wiring::finished);
        QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, 10000);
        QVERIFY(QPixmap(file).width() >= 900);
    }

    void changesToDarkAndBack()
    {
        Bench bench;
        bench.start();
        m_appearance.choose(app::Appearance::Choice::Dark);
        QVERIFY(views::Theme::of(bench.table()->palette()).isDark);
        m_appearance.choose(app::Appearance::Choice::Light);
        QVERIFY(!views::Theme::of(bench.table()->palette()).isDark);
    }

    void everythingThatTakesFocusHasAName()
    {
        Bench bench;
        bench.start();
        bench.table()->select(11);
        const auto widgets = bench.window().findChildren<QWidget *>();
        for (QWidget *widget : widgets) {
            const bool isReached = widget->focusPolicy() & Qt::TabFocus;
            if (!isReached || !widget->isVisible() || qobject_cast<QMessageBox *>(widget->window()))
                continue;
            QAccessibleInterface *reader = QAccessible::queryAccessibleInterface(widget);
            QVERIFY2(reader && !reader->text(QAccessible::Name).isEmpty(),
                     qPrintable(QString::fromLatin1(widget->metaObject()->className()) + u' '
                                + widget->objectName()));
        }
    }

private:
    app::Appearance m_appearance;
};

QTEST_MAIN(TstMainWindow)
#include "tst_main_window.moc"
