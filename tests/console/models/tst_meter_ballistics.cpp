#include "console/models/meter_ballistics.h"

#include <QTest>

using console::models::MeterBallistics;
using namespace std::chrono_literals;

class TstMeterBallistics final : public QObject
{
    Q_OBJECT

private slots:
    void standsOnADecibelScale()
    {
        QCOMPARE(MeterBallistics::positionOf(1.0F), 1.0);
        QCOMPARE(MeterBallistics::positionOf(0.0F), 0.0);
        QVERIFY(std::abs(MeterBallistics::decibelOf(0.1F) + 20.0) < 0.01);
        QCOMPARE(MeterBallistics::positionOf(1e-9F), 0.0);
        QCOMPARE(MeterBallistics::positionOf(50.0F), 1.0);
    }

    void risesAtOnceAndFallsCalmly()
    {
        MeterBallistics meter;
        meter.set(1.0F);
        QCOMPARE(meter.bar(), 1.0);
        meter.set(0.0F);
        QVERIFY(meter.advance(100ms));
        QVERIFY(meter.bar() > 0.8 && meter.bar() < 0.9);
    }

    void holdsThePeakAndThenLetsItGo()
    {
        MeterBallistics meter;
        meter.set(1.0F);
        meter.set(0.0F);
        meter.advance(1000ms);
        QCOMPARE(meter.bar(), 0.0);
        QCOMPARE(meter.peak(), 1.0);
        meter.advance(300ms);
        QVERIFY(meter.peak() < 1.0);
        meter.advance(5000ms);
        QCOMPARE(meter.peak(), 0.0);
        QVERIFY(!meter.advance(50ms));
    }
};

QTEST_APPLESS_MAIN(TstMeterBallistics)
#include "tst_meter_ballistics.moc"
