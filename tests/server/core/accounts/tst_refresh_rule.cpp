#include "server/core/accounts/refresh_rule.h"

#include <QTest>

using namespace server::core;

class TestRefreshRule : public QObject
{
    Q_OBJECT

private slots:
    void judges_data()
    {
        // Seconds from now; 0 means "never" for used and revoked.
        QTest::addColumn<int>("expires");
        QTest::addColumn<int>("used");
        QTest::addColumn<int>("revoked");
        QTest::addColumn<bool>("isActive");
        QTest::addColumn<int>("lenient");
        QTest::addColumn<int>("strict");
        const auto row = [](const char *name, int expires, int used, int revoked, bool isActive,
                            RefreshVerdict lenient, RefreshVerdict strict) {
            QTest::newRow(name) << expires << used << revoked << isActive << int(lenient)
                                << int(strict);
        };
        using enum RefreshVerdict;
        row("fresh", 100, 0, 0, true, Accept, Accept);
        row("expires now", 0, 0, 0, true, Refuse, Refuse);
        row("expired", -1, 0, 0, true, Refuse, Refuse);
        row("used a moment ago", 100, -1, 0, true, Accept, Accept);
        row("used 60 s ago", 100, -60, 0, true, Accept, Accept);
        row("used 61 s ago", 100, -61, 0, true, Accept, EndFamily);
        row("used days ago and expired", -1, -9999, 0, true, Refuse, Refuse);
        row("revoked", 100, 0, -1, true, EndFamily, EndFamily);
        row("revoked and used", 100, -1, -1, true, EndFamily, EndFamily);
        row("revoked and expired", -1, 0, -5, true, EndFamily, EndFamily);
        row("of an inactive user", 100, 0, 0, false, Refuse, Refuse);
        row("revoked, of an inactive user", 100, 0, -1, false, EndFamily, EndFamily);
    }

    void judges()
    {
        QFETCH(int, expires);
        QFETCH(int, used);
        QFETCH(int, revoked);
        QFETCH(bool, isActive);
        const QDateTime now = QDateTime::fromSecsSinceEpoch(1'800'000'000, Qt::UTC);
        RefreshToken token;
        token.expiresAt = now.addSecs(expires);
        token.usedAt = used ? now.addSecs(used) : QDateTime();
        token.revokedAt = revoked ? now.addSecs(revoked) : QDateTime();
        Account account;
        account.isActive = isActive;
        QTEST(int(judgeRefresh(token, account, now, RefreshMode::Lenient)), "lenient");
        QTEST(int(judgeRefresh(token, account, now, RefreshMode::Strict)), "strict");
    }
};

QTEST_APPLESS_MAIN(TestRefreshRule)
#include "tst_refresh_rule.moc"
