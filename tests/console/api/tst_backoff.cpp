#include "console/api/backoff.h"

#include <QTest>

using console::api::Backoff;

class TstBackoff final : public QObject
{
    Q_OBJECT

private slots:
    void doublesUpToTheLongest()
    {
        Backoff backoff;
        QList<int> waits;
        for (int i = 0; i < 8; ++i)
            waits.append(int(backoff.next(1.0).count()));
        QCOMPARE(waits, (QList<int>{500, 1000, 2000, 4000, 8000, 15000, 15000, 15000}));
    }

    void chanceShortensByAtMostHalf()
    {
        Backoff low;
        QCOMPARE(low.next(0.0).count(), 250);
        Backoff beyond;
        QCOMPARE(beyond.next(7.0).count(), 500);
    }

    void startsAnewAfterSuccess()
    {
        Backoff backoff;
        for (int i = 0; i < 100; ++i)
            (void)backoff.next(1.0);
        backoff.reset();
        QCOMPARE(backoff.next(1.0).count(), 500);
    }
};

QTEST_APPLESS_MAIN(TstBackoff)
#include "tst_backoff.moc"
