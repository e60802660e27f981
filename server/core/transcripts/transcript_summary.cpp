#include "server/core/transcripts/transcript_summary.h"

#include <QHash>
#include <QRegularExpression>
#include <QStringList>

#include <algorithm>
#include <numeric>
#include <vector>

namespace server::core {

namespace {

constexpr qsizetype kShortestWord = 4; // shorter ones are mostly "the", "and", "you"
constexpr QChar kEllipsis{0x2026};

/// The sentences of all utterances, split behind full stops, question and exclamation marks.
QStringList split(const QList<Sentence> &utterances)
{
    static const QRegularExpression boundary(QStringLiteral(R"((?<=[.!?])\s+)"));
    QStringList sentences;
    for (const Sentence &utterance : utterances)
        sentences += utterance.text.split(boundary, Qt::SkipEmptyParts);
    return sentences;
}

QStringList wordsThatCount(const QString &sentence)
{
    static const QRegularExpression separator(QStringLiteral(R"([^\p{L}\p{N}]+)"),
                                              QRegularExpression::UseUnicodePropertiesOption);
    QStringList words;
    for (const QString &word : searchForm(sentence).split(separator, Qt::SkipEmptyParts)) {
        if (word.size() >= kShortestWord)
            words.append(word);
    }
    return words;
}

/// How often each sentence's words come up in the whole call, by word, so that long sentences have
/// no advantage but that of having something to say.
std::vector<double> scoresOf(const QStringList &sentences)
{
    QHash<QString, int> frequency;
    for (const QString &sentence : sentences) {
        for (const QString &word : wordsThatCount(sentence))
            ++frequency[word];
    }
    std::vector<double> scores;
    for (const QString &sentence : sentences) {
        const QStringList words = wordsThatCount(sentence);
        double sum = 0;
        for (const QString &word : words)
            sum += frequency.value(word);
        constexpr double kDamping = 2; // one word alone says little
        scores.push_back(sum / (double(words.size()) + kDamping));
    }
    return scores;
}

QString shortened(const QString &sentence, qsizetype limit)
{
    if (sentence.size() <= limit)
        return sentence;
    qsizetype end = limit - 1;
    while (end > 0 && !sentence.at(end).isSpace())
        --end;
    if (end == 0) // one word longer than everything: cut it, but never within a character
        end = limit - (sentence.at(limit - 2).isHighSurrogate() ? 2 : 1);
    return sentence.left(end).trimmed() + kEllipsis;
}

} // namespace

QString summaryOf(const QList<Sentence> &utterances, qsizetype limit)
{
    const QStringList sentences = split(utterances);
    const std::vector<double> scores = scoresOf(sentences);
    std::vector<qsizetype> best(scores.size());
    std::iota(best.begin(), best.end(), 0);
    std::stable_sort(best.begin(), best.end(), [&scores](qsizetype a, qsizetype b) {
        return scores[size_t(a)] > scores[size_t(b)];
    });
    if (best.empty())
        return {};
    std::vector<qsizetype> chosen{best.front()};
    qsizetype length = sentences.at(best.front()).size();
    for (size_t i = 1; i < best.size(); ++i) {
        const qsizetype more = sentences.at(best[i]).size() + 1;
        if (length + more > limit)
            continue;
        chosen.push_back(best[i]);
        length += more;
    }
    std::sort(chosen.begin(), chosen.end());
    QStringList parts;
    for (const qsizetype index : chosen)
        parts.append(sentences.at(index));
    return shortened(parts.join(QLatin1Char(' ')), limit);
}

} // namespace server::core
