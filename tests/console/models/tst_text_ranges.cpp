#include "console/models/text_ranges.h"

#include <QTest>

using console::models::Hearing;
using console::models::TextRange;
using console::models::textRanges;
using protocol::Speaker;

namespace {

struct Row
{
    Speaker speaker = Speaker::Agent;
    QString text;
    int heard = -1;
    bool isFinal = true;
    bool isInterrupted = false;
    QList<TextRange> ranges;
};

} // namespace

Q_DECLARE_METATYPE(Row)

class TstTextRanges final : public QObject
{
    Q_OBJECT

private slots:
    void splits_data()
    {
        using enum Hearing;
        QTest::addColumn<Row>("row");
        const auto add = [](const char *name, const Row &row) { QTest::newRow(name) << row; };
        add("empty text has no ranges", {Speaker::Agent, {}, 3, true, true, {}});
        add("all heard", {Speaker::Agent, u"hello"_qs, -1, true, false, {{0, 5, Heard}}});
        add("cut in the middle",
            {Speaker::Agent, u"hello"_qs, 2, true, true, {{0, 2, Heard}, {2, 3, NeverHeard}}});
        add("nothing was heard",
            {Speaker::Agent, u"hello"_qs, 0, true, true, {{0, 5, NeverHeard}}});
        add("heard to the last character",
            {Speaker::Agent, u"hello"_qs, 5, true, true, {{0, 5, Heard}}});
        add("more heard than there is",
            {Speaker::Agent, u"hello"_qs, 99, true, true, {{0, 5, Heard}}});
        add("still being played",
            {Speaker::Agent, u"hello"_qs, 2, false, false, {{0, 2, Heard}, {2, 3, Pending}}});
        add("interrupted before it was final",
            {Speaker::Agent, u"hello"_qs, 2, false, true, {{0, 2, Heard}, {2, 3, NeverHeard}}});
        add("a caller is always heard",
            {Speaker::Caller, u"hello"_qs, 2, true, true, {{0, 5, Heard}}});
        add("an emoji is not split", {Speaker::Agent,
                                      u"a\U0001F600b"_qs,
                                      2,
                                      true,
                                      true,
                                      {{0, 1, Heard}, {1, 3, NeverHeard}}});
        add("an emoji at the start is not split",
            {Speaker::Agent, u"\U0001F600"_qs, 1, true, true, {{0, 2, NeverHeard}}});
        add("below -1 means all", {Speaker::Agent, u"hi"_qs, -7, true, false, {{0, 2, Heard}}});
    }

    void splits()
    {
        QFETCH(Row, row);
        protocol::TranscriptLine line;
        line.speaker = row.speaker;
        line.text = row.text;
        line.heardChars = row.heard;
        line.isFinal = row.isFinal;
        line.wasInterrupted = row.isInterrupted;
        QCOMPARE(textRanges(line), row.ranges);
    }
};

QTEST_APPLESS_MAIN(TstTextRanges)
#include "tst_text_ranges.moc"
