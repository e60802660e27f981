// What was said in a call, as its owner reads it.
#pragma once

#include "server/core/scenarios/call_direction.h"
#include "shared/base/ids.h"

#include <QDateTime>
#include <QList>
#include <QString>

#include <optional>

namespace server::core {

/// The two sides of a call; clients know them by these numbers.
constexpr int kCustomerChannel = 0;
constexpr int kAgentChannel = 1;

/// One utterance. Times are milliseconds since the conversation began.
struct Sentence
{
    QString text;
    int channel = kCustomerChannel;
    qint64 startMs = 0;
    qint64 endMs = 0;
    double confidence = 1; ///< 0 to 1; 1 where its source gives no figure

    bool operator==(const Sentence &) const = default;
};

enum class TranscriptSource {
    Realtime, ///< our own live session
    Twilio    ///< the phone network's transcript of its recording
};

/// As clients read it: "Realtime", "Twilio".
QString toText(TranscriptSource source);
std::optional<TranscriptSource> transcriptSourceFromText(const QString &text);

struct Transcript
{
    qint64 id = 0;
    QString sid; ///< "RT" and 32 hexadecimal digits; one for a call, whatever its source
    base::CallId call;
    TranscriptSource source = TranscriptSource::Realtime;
    QString languageCode;
    QList<Sentence> sentences; ///< in the order they were spoken
    QString vendorSid;         ///< the phone network's name of its transcript, if there is one
    QDateTime createdAt;
    QDateTime updatedAt;
    // Of its call:
    CallDirection direction = CallDirection::Outbound;
    QString scenarioName;
    QDateTime callDate; ///< when it was answered
    int durationSeconds = 0;
};

QString newTranscriptSid();

/// The language of the built-in scenarios: what the live session is taken to be in, for it does not
/// say.
QString defaultLanguage();

/// A text as it is kept: one line, without NUL characters, which no database takes.
QString tidyText(const QString &text);

/// The words of all, a line an utterance.
QString fullText(const QList<Sentence> &sentences);

/// How a text is compared in a search: Unicode case and compatibility forms (ﬁ, １) make no
/// difference, and any white space is one blank.
QString searchForm(const QString &text);

int wordCount(const QString &text);

/// "customer", "agent", "unknown"; and "Customer", "AI Agent", "Speaker n".
QString roleOf(int channel);
QString speakerName(int channel);

/// "1:05" of 65 seconds; minutes grow beyond 59.
QString minutesAndSeconds(qint64 seconds);

struct Participant
{
    int channel = 0;
    qint64 speakingMs = 0;
    int words = 0;
    int sentences = 0;
};

/// What can be counted in a transcript.
struct TranscriptFigures
{
    QList<Participant> participants; ///< by channel, those that spoke
    int words = 0;
    qint64 speakingMs = 0;
    double averageConfidence = 0; ///< of the sentences; 0 when there is none
};

TranscriptFigures figuresOf(const QList<Sentence> &sentences);

} // namespace server::core
