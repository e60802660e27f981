// The measuring instrument, measured: what it finds in audio that a bridge cut, joined, padded or
// spoilt.
#include "tests/bench/json_text.h"
#include "tests/bench/stamp.h"
#include "tests/bench/statistics.h"

#include <QTest>

#include <string>
#include <utility>
#include <vector>

using bench::Flow;
using bench::FrameFinder;
using bench::Stamp;
using bench::Way;

namespace {

std::vector<std::uint8_t> audioOf(std::initializer_list<std::uint32_t> sequences)
{
    std::vector<std::uint8_t> audio;
    for (const std::uint32_t sequence : sequences) {
        const auto frame = bench::stampedFrame({Way::Down, 7, sequence});
        audio.insert(audio.end(), frame.begin(), frame.end());
    }
    return audio;
}

std::string base64(std::span<const std::uint8_t> bytes)
{
    std::string text;
    bench::appendBase64(text, bytes);
    return text;
}

} // namespace

class TestBenchParts final : public QObject
{
    Q_OBJECT

private:
    /// Sequence numbers of the whole frames found, feeding the audio in pieces of this size.
    static std::vector<std::uint32_t> found(FrameFinder &finder,
                                            std::span<const std::uint8_t> audio, std::size_t piece)
    {
        std::vector<std::uint32_t> sequences;
        for (std::size_t at = 0; at < audio.size(); at += piece) {
            const auto part = audio.subspan(at, std::min(piece, audio.size() - at));
            finder.feed(base64(part), [&](const Stamp &stamp, bool isWhole) {
                if (isWhole && stamp.call == 7 && stamp.way == Way::Down)
                    sequences.push_back(stamp.sequence);
            });
        }
        return sequences;
    }

private slots:
    void framesAreFoundHoweverTheyAreCut_data()
    {
        QTest::addColumn<int>("piece");
        for (const int piece : {1, 3, 79, 160, 161, 320, 1000})
            QTest::addRow("pieces of %d bytes", piece) << piece;
    }

    void framesAreFoundHoweverTheyAreCut()
    {
        QFETCH(int, piece);
        FrameFinder finder;
        const std::vector<std::uint32_t> expected{0, 1, 2};
        QCOMPARE(found(finder, audioOf({0, 1, 2}), std::size_t(piece)), expected);
        QCOMPARE(finder.strayBytes(), 0U);
    }

    void silenceBetweenFramesIsStray()
    {
        auto audio = audioOf({4});
        audio.insert(audio.end(), 160, 0xFF);
        const auto next = audioOf({5});
        audio.insert(audio.end(), next.begin(), next.end());
        FrameFinder finder;
        const std::vector<std::uint32_t> expected{4, 5};
        QCOMPARE(found(finder, audio, 160), expected);
        QCOMPARE(finder.strayBytes(), 160U);
    }

    void oneChangedByteIsDamage()
    {
        auto audio = audioOf({4, 5});
        audio[100] ^= 1;
        FrameFinder finder;
        const std::vector<std::uint32_t> expected{5};
        QCOMPARE(found(finder, audio, 160), expected);
    }

    void whatIsNotBase64IsRefused()
    {
        FrameFinder finder;
        QVERIFY(!finder.feed("ab*d", [](const Stamp &, bool) {}));
        QVERIFY(!finder.feed("abcde", [](const Stamp &, bool) {}));
    }

    void membersAreFoundAtTheirOwnDepthInAnyOrder()
    {
        std::string scratch;
        const std::string text = " {\"session\":{\"type\":\"realtime\"}, \"n\" : 12 ,"
                                 "\"s\":\"a\\\"}b\",\"type\":\"session.update\"}";
        QCOMPARE(QByteArray::fromStdString(std::string(bench::textMember(text, "type", scratch))),
                 QByteArray("session.update"));
        QCOMPARE(QByteArray::fromStdString(std::string(bench::rawMember(text, "n"))),
                 QByteArray("12"));
        QVERIFY(bench::rawMember(text, "realtime").empty());
        QVERIFY(bench::rawMember("{\"a\":\"unfinished", "a").empty());
    }

    void lostDoubledAndForgivenFramesAreToldApart()
    {
        Flow flow;
        for (int i = 0; i < 4; ++i)
            flow.send(bench::Clock::now());
        QVERIFY(flow.arrive(1) == Flow::Arrival::First);
        QVERIFY(flow.arrive(1) == Flow::Arrival::Again);
        QVERIFY(flow.arrive(9) == Flow::Arrival::Unknown);
        QCOMPARE(flow.missing(0, 4), 3U);
        QCOMPARE(flow.forgiveMissing(), 3U);
        QCOMPARE(flow.missing(0, 4), 0U);
        QVERIFY(flow.arrive(2) == Flow::Arrival::Forgiven);
    }

    void percentilesAreOfTheSortedPile()
    {
        bench::Samples samples;
        for (const int milliseconds : {5, 1, 4, 2, 3})
            samples.add(std::chrono::milliseconds(milliseconds));
        QCOMPARE(samples.percentile(50), 3.0);
        QCOMPARE(samples.percentile(100), 5.0);
    }
};

QTEST_APPLESS_MAIN(TestBenchParts)
#include "tst_bench_parts.moc"
