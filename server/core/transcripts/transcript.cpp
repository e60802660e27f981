#include "server/core/transcripts/transcript.h"

#include <QUuid>

#include <map>

namespace server::core {

namespace {

constexpr qint64 kSecondsPerMinute = 60;

} // namespace

QString toText(TranscriptSource source)
{
    return source == TranscriptSource::Twilio ? QStringLiteral("Twilio")
                                              : QStringLiteral("Realtime");
}

std::optional<TranscriptSource> transcriptSourceFromText(const QString &text)
{
    for (const TranscriptSource source : {TranscriptSource::Realtime, TranscriptSource::Twilio}) {
        if (text == toText(source))
            return source;
    }
    return std::nullopt;
}

QString defaultLanguage()
{
    return QStringLiteral("en-US");
}

QString newTranscriptSid()
{
    return QStringLiteral("RT") + QUuid::createUuid().toString(QUuid::Id128);
}

QString tidyText(const QString &text)
{
    QString tidy = text;
    return tidy.remove(QChar(u'\0')).simplified();
}

QString fullText(const QList<Sentence> &sentences)
{
    QStringList lines;
    for (const Sentence &sentence : sentences)
        lines.append(sentence.text);
    return lines.join(QLatin1Char('\n'));
}

QString searchForm(const QString &text)
{
    return text.normalized(QString::NormalizationForm_KC)
        .toUpper() // which knows that ß is SS; folding alone does not
        .toCaseFolded()
        .normalized(QString::NormalizationForm_KC) // folding can leave the normal form
        .simplified();
}

int wordCount(const QString &text)
{
    int words = 0;
    bool isInWord = false;
    for (const QChar letter : text) {
        const bool isBlank = letter.isSpace();
        words += !isBlank && !isInWord ? 1 : 0;
        isInWord = !isBlank;
    }
    return words;
}

QString roleOf(int channel)
{
    if (channel == kCustomerChannel)
        return QStringLiteral("customer");
    return channel == kAgentChannel ? QStringLiteral("agent") : QStringLiteral("unknown");
}

QString speakerName(int channel)
{
    if (channel == kCustomerChannel)
        return QStringLiteral("Customer");
    return channel == kAgentChannel ? QStringLiteral("AI Agent")
                                    : QStringLiteral("Speaker %1").arg(channel);
}

QString minutesAndSeconds(qint64 seconds)
{
    return QStringLiteral("%1:%2")
        .arg(seconds / kSecondsPerMinute)
        .arg(seconds % kSecondsPerMinute, 2, 10, QLatin1Char('0'));
}

TranscriptFigures figuresOf(const QList<Sentence> &sentences)
{
    TranscriptFigures figures;
    std::map<int, Participant> byChannel;
    double confidence = 0;
    for (const Sentence &sentence : sentences) {
        Participant &speaker = byChannel[sentence.channel];
        speaker.channel = sentence.channel;
        speaker.speakingMs += sentence.endMs - sentence.startMs;
        speaker.words += wordCount(sentence.text);
        ++speaker.sentences;
        confidence += sentence.confidence;
    }
    for (const auto &[channel, speaker] : byChannel) {
        figures.participants.append(speaker);
        figures.words += speaker.words;
        figures.speakingMs += speaker.speakingMs;
    }
    if (!sentences.isEmpty())
        figures.averageConfidence = confidence / double(sentences.size());
    return figures;
}

} // namespace server::core
