// The phone network's transcript of a recording, as the rules see it.
#pragma once

#include "server/core/transcripts/transcript.h"

#include <QHash>

#include <vector>

namespace server::core {

/// Channels of its recordings count from 1.
struct VendorSentence
{
    int channel = 0;
    int index = 0; ///< their order
    QString text;
    qint64 startMs = 0;
    qint64 endMs = 0;
    std::optional<double> confidence;
};

struct VendorTranscript
{
    enum class State { Pending, Completed, Failed };

    QString sid; ///< "GT..."
    State state = State::Pending;
    QString customerKey;  ///< what we gave it when we asked for it: a call's id, or its sid
    QString recordingSid; ///< "RE..."; empty when it was not made of a recording
    QString languageCode;
    QHash<int, QString> roles; ///< who spoke on which channel, where it says so: "agent", ...
};

/// True for a name that the phone network may have given to a transcript.
bool isVendorSid(const QString &text);

/// Which of the two recorded channels is the agent's. The first channel of a two-channel recording
/// belongs to the leg that the call began with: the caller's of an incoming call, ours of an
/// outgoing one.
int agentChannelOf(CallDirection direction);

/// Ours, by the roles that the transcript names, else by the direction. A channel beyond the second
/// is nobody we know and keeps its number.
QList<Sentence> sentencesOf(const VendorTranscript &transcript,
                            std::vector<VendorSentence> sentences, CallDirection direction);

} // namespace server::core
