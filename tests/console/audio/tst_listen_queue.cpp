#include "console/audio/listen_queue.h"

#include <QTest>

#include <algorithm>
#include <vector>

using console::audio::ListenQueue;
using protocol::ListenFrame;

namespace {

ListenFrame makeFrame(std::uint32_t sequence, std::int16_t caller, std::int16_t agent)
{
    ListenFrame frame;
    frame.callId = 1;
    frame.sequence = sequence;
    frame.caller.fill(audio::encodeMulaw(caller));
    frame.agent.fill(audio::encodeMulaw(agent));
    return frame;
}

std::vector<std::int16_t> pullFrames(ListenQueue &queue, int frames)
{
    std::vector<std::int16_t> out(size_t(frames) * 320, 99);
    queue.pull(out);
    return out;
}

bool isSilent(const std::vector<std::int16_t> &samples)
{
    return std::all_of(samples.begin(), samples.end(), [](auto s) { return s == 0; });
}

} // namespace

class TstListenQueue final : public QObject
{
    Q_OBJECT

private slots:
    void callerIsLeftAndAgentIsRight()
    {
        ListenQueue queue;
        for (std::uint32_t i = 0; i < 4; ++i)
            queue.push(makeFrame(i, 4000, -2000));
        const auto out = pullFrames(queue, 4);
        for (size_t i = 0; i < out.size(); i += 2) {
            QVERIFY(std::abs(out[i] - 4000) < 150);
            QVERIFY(std::abs(out[i + 1] + 2000) < 100);
        }
    }

    void waitsForAReserveBeforeItPlays()
    {
        ListenQueue queue;
        for (std::uint32_t i = 0; i < 3; ++i) {
            queue.push(makeFrame(i, 4000, 4000));
            QVERIFY(isSilent(pullFrames(queue, 1)));
        }
        queue.push(makeFrame(3, 4000, 4000));
        QVERIFY(!isSilent(pullFrames(queue, 1)));
    }

    void runsDryIntoSilenceAndGathersAgain()
    {
        ListenQueue queue;
        for (std::uint32_t i = 0; i < 4; ++i)
            queue.push(makeFrame(i, 4000, 4000));
        const auto out = pullFrames(queue, 6);
        QVERIFY(out[4 * 320 - 1] != 0);
        QVERIFY(std::all_of(out.begin() + std::ptrdiff_t(4) * 320, out.end(),
                            [](auto s) { return s == 0; }));
        queue.push(makeFrame(4, 4000, 4000));
        QVERIFY(isSilent(pullFrames(queue, 1)));
    }

    void aGapBecomesSilenceOfItsLength()
    {
        ListenQueue queue;
        queue.push(makeFrame(0, 4000, 4000));
        queue.push(makeFrame(3, 4000, 4000));
        QCOMPARE(queue.queuedFrames(), size_t(4));
        QCOMPARE(queue.lostFrames(), std::uint64_t(2));
        const auto out = pullFrames(queue, 4);
        QVERIFY(out[0] != 0);
        QCOMPARE(out[320], std::int16_t(0));
        QCOMPARE(out[3 * 320 - 1], std::int16_t(0));
        QVERIFY(out[std::size_t(3) * 320] != 0);
    }

    void aLongGapStartsAnew()
    {
        ListenQueue queue;
        for (std::uint32_t i = 0; i < 5; ++i)
            queue.push(makeFrame(i, 4000, 4000));
        queue.push(makeFrame(1000, 4000, 4000));
        QCOMPARE(queue.queuedFrames(), size_t(1));
    }

    void lateAndDoubledFramesAreLeftOut()
    {
        ListenQueue queue;
        queue.push(makeFrame(10, 4000, 4000));
        queue.push(makeFrame(10, 4000, 4000));
        queue.push(makeFrame(9, 4000, 4000));
        QCOMPARE(queue.queuedFrames(), size_t(1));
    }

    void theSequenceMayWrap()
    {
        ListenQueue queue;
        queue.push(makeFrame(0xffffffffU, 4000, 4000));
        queue.push(makeFrame(0, 4000, 4000));
        QCOMPARE(queue.queuedFrames(), size_t(2));
        QCOMPARE(queue.lostFrames(), std::uint64_t(0));
    }

    void delayNeverGrowsBeyondTheBound()
    {
        ListenQueue queue;
        for (std::uint32_t i = 0; i < 1000; ++i) {
            queue.push(makeFrame(i, 4000, 4000));
            QVERIFY(queue.queuedFrames() <= ListenQueue::kMostFrames);
        }
    }

    void anotherCallBeginsAnew()
    {
        ListenQueue queue;
        queue.push(makeFrame(500, 4000, 4000));
        ListenFrame other = makeFrame(0, 4000, 4000);
        other.callId = 2;
        queue.push(other);
        QCOMPARE(queue.queuedFrames(), size_t(1));
    }
};

QTEST_APPLESS_MAIN(TstListenQueue)
#include "tst_listen_queue.moc"
