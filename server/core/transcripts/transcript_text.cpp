#include "server/core/transcripts/transcript_text.h"

namespace server::core {

namespace {

constexpr qint64 kSecond = 1'000;
constexpr qint64 kMinute = 60 * kSecond;
constexpr qint64 kHour = 60 * kMinute;
constexpr qint64 kShortestCue = 500; // players drop what has no duration

/// "00:01:05.250"; SubRip wants a comma before the milliseconds.
QString timestamp(qint64 ms, QChar point)
{
    const auto padded = [](qint64 number, int digits) {
        return QStringLiteral("%1").arg(number, digits, 10, QLatin1Char('0'));
    };
    return padded(ms / kHour, 2) + QLatin1Char(':') + padded(ms % kHour / kMinute, 2)
           + QLatin1Char(':') + padded(ms % kMinute / kSecond, 2) + point + padded(ms % kSecond, 3);
}

QString cueTimes(const Sentence &sentence, QChar point)
{
    return timestamp(sentence.startMs, point) + QStringLiteral(" --> ")
           + timestamp(std::max(sentence.endMs, sentence.startMs + kShortestCue), point);
}

} // namespace

QByteArray toPlainText(const Transcript &transcript)
{
    QString text =
        QStringLiteral("%1, %2, %3\n")
            .arg(transcript.scenarioName,
                 transcript.callDate.toUTC().toString(QStringLiteral("yyyy-MM-dd HH:mm 'UTC'")),
                 minutesAndSeconds(transcript.durationSeconds));
    for (const Sentence &sentence : transcript.sentences)
        text += QStringLiteral("\n[%1] %2: %3")
                    .arg(minutesAndSeconds(sentence.startMs / kSecond),
                         speakerName(sentence.channel), sentence.text);
    return (text + QLatin1Char('\n')).toUtf8();
}

QByteArray toWebVtt(const Transcript &transcript)
{
    QString text = QStringLiteral("WEBVTT\n");
    for (const Sentence &sentence : transcript.sentences)
        text += QLatin1Char('\n') + cueTimes(sentence, QLatin1Char('.')) + QStringLiteral("\n<v ")
                + speakerName(sentence.channel) + QLatin1Char('>')
                + sentence.text.toHtmlEscaped() // a cue's text knows &, < and > as HTML does
                + QLatin1Char('\n');
    return text.toUtf8();
}

QByteArray toSubRip(const Transcript &transcript)
{
    QString text;
    int number = 0;
    for (const Sentence &sentence : transcript.sentences)
        text += QString::number(++number) + QLatin1Char('\n') + cueTimes(sentence, QLatin1Char(','))
                + QLatin1Char('\n') + speakerName(sentence.channel) + QStringLiteral(": ")
                + sentence.text + QStringLiteral("\n\n");
    return text.toUtf8();
}

} // namespace server::core
