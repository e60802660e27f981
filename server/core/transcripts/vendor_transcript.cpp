#include "server/core/transcripts/vendor_transcript.h"

#include <QRegularExpression>

#include <algorithm>

namespace server::core {

namespace {

int channelOf(const VendorTranscript &transcript, int recorded, CallDirection direction)
{
    const QString role = transcript.roles.value(recorded);
    if (role.contains(QLatin1String("agent"), Qt::CaseInsensitive))
        return kAgentChannel;
    if (role.compare(QLatin1String("customer"), Qt::CaseInsensitive) == 0)
        return kCustomerChannel;
    if (recorded != 1 && recorded != 2)
        return std::max(recorded, 2);
    return recorded == agentChannelOf(direction) ? kAgentChannel : kCustomerChannel;
}

} // namespace

bool isVendorSid(const QString &text)
{
    static const QRegularExpression form(QStringLiteral(R"(\AGT[0-9a-fA-F]{32}\z)"));
    return form.match(text).hasMatch();
}

int agentChannelOf(CallDirection direction)
{
    return direction == CallDirection::Outbound ? 1 : 2;
}

QList<Sentence> sentencesOf(const VendorTranscript &transcript,
                            std::vector<VendorSentence> sentences, CallDirection direction)
{
    std::stable_sort(sentences.begin(), sentences.end(), [](const auto &a, const auto &b) {
        return a.startMs == b.startMs ? a.index < b.index : a.startMs < b.startMs;
    });
    QList<Sentence> ours;
    for (const VendorSentence &sentence : sentences) {
        const QString text = tidyText(sentence.text);
        if (text.isEmpty())
            continue;
        ours.append({text, channelOf(transcript, sentence.channel, direction), sentence.startMs,
                     std::max(sentence.endMs, sentence.startMs),
                     std::clamp(sentence.confidence.value_or(1), 0.0, 1.0)});
    }
    return ours;
}

} // namespace server::core
