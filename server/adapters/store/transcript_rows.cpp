#include "server/adapters/store/transcript_rows.h"

#include "server/core/transcripts/live_transcript.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace server::store {

using base::Result;

namespace {

const Sql kWordsWrite(QStringLiteral(
    "INSERT INTO transcripts (transcript_sid, call_id, source, language_code, sentences, "
    "search_text, vendor_sid, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) "
    "ON CONFLICT (call_id) DO UPDATE SET source = excluded.source, "
    "language_code = excluded.language_code, sentences = excluded.sentences, "
    "search_text = excluded.search_text, vendor_sid = excluded.vendor_sid, "
    "updated_at = excluded.updated_at "
    "WHERE transcripts.source = 'Realtime' OR excluded.source <> 'Realtime'"));
const Sql kHasLostItsWords(
    QStringLiteral("SELECT id FROM calls WHERE id = ? AND words_deleted_at IS NOT NULL"));

const QString kText = QStringLiteral("text");
const QString kChannel = QStringLiteral("channel");
const QString kStart = QStringLiteral("start_ms");
const QString kWordsEnd = QStringLiteral("end_ms");
const QString kConfidence = QStringLiteral("confidence");

QString toJson(const QList<core::Sentence> &sentences)
{
    QJsonArray array;
    for (const core::Sentence &sentence : sentences)
        array.append(QJsonObject{{kText, sentence.text},
                                 {kChannel, sentence.channel},
                                 {kStart, sentence.startMs},
                                 {kWordsEnd, sentence.endMs},
                                 {kConfidence, sentence.confidence}});
    return QString::fromUtf8(QJsonDocument(array).toJson(QJsonDocument::Compact));
}

} // namespace

QList<core::Sentence> sentencesFromJson(const QString &json)
{
    QList<core::Sentence> sentences;
    for (const auto &value : QJsonDocument::fromJson(json.toUtf8()).array()) {
        const QJsonObject object = value.toObject();
        sentences.append({object.value(kText).toString(), object.value(kChannel).toInt(),
                          object.value(kStart).toInteger(), object.value(kWordsEnd).toInteger(),
                          object.value(kConfidence).toDouble(1)});
    }
    return sentences;
}

Result<> writeTranscript(Session &session, const NewTranscript &transcript, const QDateTime &now)
{
    const QVariant vendorSid =
        transcript.vendorSid.isEmpty() ? QVariant() : QVariant(transcript.vendorSid);
    return ignoreRows(session.execute(
        kWordsWrite,
        {core::newTranscriptSid(), transcript.call.value, toText(transcript.source),
         transcript.languageCode, toJson(transcript.sentences),
         core::searchForm(core::fullText(transcript.sentences)), vendorSid, now, now}));
}

Result<> addLiveTranscript(Session &session, base::CallId call, const protocol::CallDetail &detail,
                           const QDateTime &now)
{
    const QList<core::Sentence> sentences = core::sentencesOf(detail);
    if (sentences.isEmpty())
        return {};
    const auto deleted = session.execute(kHasLostItsWords, {call.value});
    if (!deleted || !deleted->isEmpty())
        return ignoreRows(deleted);
    return writeTranscript(
        session, {call, core::TranscriptSource::Realtime, core::defaultLanguage(), {}, sentences},
        now);
}

} // namespace server::store
