// Transcripts as the web client's Dashboard and Call Notes decode them: what they could not show is
// no answer.
#pragma once

#include "tests/journeys/rest_client.h"

#include <QDateTime>

#include <optional>
#include <vector>

namespace tests {

struct WebSentence
{
    QString text;
    int speaker = 0; ///< 1: the agent
    double start = 0;
    double end = 0;
};

struct WebTranscript
{
    QString sid;
    QDateTime date;
    int duration = 0;
    bool isGreen = false; ///< completed
    QString fullText;
    std::vector<WebSentence> sentences;
};

/// A date as `new Date(text)` takes it in every browser, with its zone: without one it would be
/// shown hours off.
std::optional<QDateTime> webDate(const QJsonValue &value);

/// GET /stored-transcripts/?skip=&limit=, a bare array whose ids are texts.
std::optional<std::vector<WebTranscript>> webStoredList(const Answer &answer);
/// Call Notes' detail in either of its forms; nothing where a page would show NaN.
std::optional<WebTranscript> webDetail(const Answer &answer);
/// GET /twilio-transcripts: `{transcripts: [{sid, date_created, duration, status}]}`.
std::optional<std::vector<WebTranscript>> webTwilioList(const Answer &answer);

struct WebEnhanced
{
    QString sid;
    QString direction;
    QString scenario;
    QString source; ///< detail only
    int words = 0;
    int participants = 0;
    int turns = 0; ///< detail only
};

/// GET /api/enhanced-transcripts/, a bare array.
std::optional<std::vector<WebEnhanced>> webEnhancedList(const Answer &answer);
/// GET /api/enhanced-transcripts/{sid} with everything that its page draws.
std::optional<WebEnhanced> webEnhancedDetail(const Answer &answer);

} // namespace tests
