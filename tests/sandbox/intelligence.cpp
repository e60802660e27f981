#include "tests/sandbox/intelligence.h"

#include "tests/sandbox/sids.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTimer>

using namespace Qt::StringLiterals;

namespace sandbox {

namespace {

constexpr int kPage = 3;
constexpr int kLongestKey = 64;
constexpr double kSecondsPerLine = 2.5;

HttpAnswer refusal(int status, int code, const QString &message)
{
    return HttpAnswer::json(status,
                            {{u"code"_s, code},
                             {u"message"_s, message},
                             {u"more_info"_s, u"https://www.twilio.com/docs/errors/%1"_s.arg(code)},
                             {u"status"_s, status}});
}

QString firstThird(const QString &text)
{
    const QStringList words = text.split(u' ');
    return words.mid(0, words.size() / 3).join(u' ');
}

QJsonArray sentencesOf(const Intelligence::Recording &recording)
{
    QJsonArray sentences;
    for (qsizetype i = 0; i < recording.turns.size(); ++i) {
        const Turn &turn = recording.turns[i];
        const bool isCut =
            i + 1 < recording.turns.size() && recording.turns[i + 1].interruptAfter.has_value();
        const QString text = turn.isCaller() ? turn.caller
                             : isCut         ? firstThird(turn.agent)
                                             : turn.agent;
        if (text.isEmpty())
            continue;
        // The first channel is that of the leg the call began with.
        const bool isFirst = turn.isCaller() != recording.isOutbound;
        const int index = int(sentences.size());
        sentences.append(QJsonObject{{u"media_channel"_s, isFirst ? 1 : 2},
                                     {u"sentence_index"_s, index},
                                     {u"start_time"_s, index * kSecondsPerLine},
                                     {u"end_time"_s, (index + 1) * kSecondsPerLine - 0.5},
                                     {u"transcript"_s, text},
                                     {u"sid"_s, newSid("GX")},
                                     {u"confidence"_s, 0.9375},
                                     {u"words"_s, QJsonArray()}});
    }
    return sentences;
}

} // namespace

Intelligence::Transcript *Intelligence::find(const QString &sid)
{
    const auto found = std::find_if(m_transcripts.begin(), m_transcripts.end(),
                                    [&](const Transcript &one) { return one.sid == sid; });
    return found == m_transcripts.end() ? nullptr : &*found;
}

HttpAnswer Intelligence::serve(const HttpRequest &request)
{
    const QList<QByteArray> path = request.path.split('/'); // "", "v2", "Transcripts", ...
    const Form query = Form::decode(request.query);
    if (path.value(2) != "Transcripts" || path.size() > 5)
        return refusal(404, 20404, u"The requested resource was not found"_s);
    if (path.size() == 3) {
        if (request.method == "POST")
            return create(request.form());
        return request.method == "GET" ? list(query.value(u"SourceSid"_s))
                                       : refusal(405, 20004, u"Method not allowed"_s);
    }
    Transcript *found = find(QString::fromLatin1(path[3]));
    if (!found)
        return refusal(
            404, 20404,
            u"The requested resource %1 was not found"_s.arg(QString::fromUtf8(request.path)));
    if (path.size() == 5 && path[4] == "Sentences" && request.method == "GET")
        return sentences(*found, query);
    if (path.size() == 4 && request.method == "GET")
        return HttpAnswer::json(200, resource(*found));
    if (path.size() == 4 && request.method == "DELETE") {
        m_transcripts.erase(m_transcripts.begin() + (found - m_transcripts.data()));
        HttpAnswer gone;
        gone.status = 204;
        return gone;
    }
    return refusal(405, 20004, u"Method not allowed"_s);
}

HttpAnswer Intelligence::create(const Form &order)
{
    const QJsonObject channel =
        QJsonDocument::fromJson(order.value(u"Channel"_s).toUtf8()).object();
    const QString recording = channel[u"media_properties"_s].toObject()[u"source_sid"_s].toString();
    if (order.value(u"ServiceSid"_s) != QString::fromLatin1(m_settings.intelligenceService))
        return refusal(400, 20001, u"ServiceSid is not valid"_s);
    if (order.value(u"CustomerKey"_s).size() > kLongestKey)
        return refusal(400, 20001, u"CustomerKey is too long"_s);
    const auto recorded = m_find(recording);
    if (!recorded)
        return refusal(400, 20001, u"Channel has no source that is known"_s);
    for (const Transcript &one : m_transcripts) {
        if (one.recording == recording)
            return refusal(400, 20001, u"There is a transcript of this recording"_s);
    }
    const Transcript transcript{newSid("GT"),
                                u"queued"_s,
                                recording,
                                order.value(u"CustomerKey"_s),
                                channel[u"participants"_s].toArray(),
                                sentencesOf(*recorded),
                                recorded->seconds,
                                QDateTime::currentDateTimeUtc()};
    m_transcripts.insert(m_transcripts.begin(), transcript);
    QTimer::singleShot(m_settings.transcriptDelay, this,
                       [this, sid = transcript.sid] { complete(sid); });
    return HttpAnswer::json(201, resource(transcript));
}

void Intelligence::complete(const QString &sid)
{
    Transcript *found = find(sid);
    if (!found)
        return;
    found->status = u"completed"_s;
    if (m_settings.intelligenceWebhook.isEmpty())
        return;
    m_webhook.sendJson(m_settings.intelligenceWebhook,
                       {{u"account_sid"_s, QString::fromLatin1(m_settings.accountSid)},
                        {u"service_sid"_s, QString::fromLatin1(m_settings.intelligenceService)},
                        {u"transcript_sid"_s, sid},
                        {u"customer_key"_s, found->customerKey},
                        {u"event_type"_s, u"voice_intelligence_transcript_available"_s}});
}

QJsonObject Intelligence::resource(const Transcript &transcript) const
{
    const QString when = transcript.createdAt.toString(Qt::ISODate);
    QJsonObject channel{
        {u"media_properties"_s, QJsonObject{{u"source_sid"_s, transcript.recording}}}};
    if (!transcript.participants.isEmpty())
        channel.insert(u"participants"_s, transcript.participants);
    return {{u"account_sid"_s, QString::fromLatin1(m_settings.accountSid)},
            {u"service_sid"_s, QString::fromLatin1(m_settings.intelligenceService)},
            {u"sid"_s, transcript.sid},
            {u"date_created"_s, when},
            {u"date_updated"_s, when},
            {u"status"_s, transcript.status},
            {u"channel"_s, channel},
            {u"data_logging"_s, false},
            {u"language_code"_s, u"en-US"_s},
            {u"customer_key"_s, transcript.customerKey},
            {u"media_start_time"_s, QJsonValue::Null},
            {u"duration"_s, transcript.seconds},
            {u"redaction"_s, false},
            {u"url"_s, u"/v2/Transcripts/"_s + transcript.sid},
            {u"links"_s,
             QJsonObject{{u"sentences"_s, u"/v2/Transcripts/%1/Sentences"_s.arg(transcript.sid)}}}};
}

HttpAnswer Intelligence::list(const QString &recording) const
{
    QJsonArray transcripts;
    for (const Transcript &one : m_transcripts) {
        if (recording.isEmpty() || one.recording == recording)
            transcripts.append(resource(one));
    }
    return HttpAnswer::json(200,
                            {{u"transcripts"_s, transcripts},
                             {u"meta"_s, QJsonObject{{u"key"_s, u"transcripts"_s},
                                                     {u"page"_s, 0},
                                                     {u"page_size"_s, transcripts.size()},
                                                     {u"next_page_url"_s, QJsonValue::Null}}}});
}

HttpAnswer Intelligence::sentences(const Transcript &transcript, const Form &query) const
{
    const int page = query.value(u"Page"_s).toInt();
    const int first = page * kPage;
    QJsonArray some;
    if (transcript.status == u"completed") {
        for (int i = first; i < std::min(first + kPage, int(transcript.sentences.size())); ++i)
            some.append(transcript.sentences[i]);
    }
    const bool isLast = first + kPage >= transcript.sentences.size();
    const QString next = u"https://intelligence.twilio.com/v2/Transcripts/%1/Sentences?PageSize=%2&"
                         "Page=%3&PageToken=PA%4"_s.arg(transcript.sid)
                             .arg(kPage)
                             .arg(page + 1)
                             .arg(page);
    return HttpAnswer::json(
        200,
        {{u"sentences"_s, some},
         {u"meta"_s, QJsonObject{{u"key"_s, u"sentences"_s},
                                 {u"page"_s, page},
                                 {u"page_size"_s, kPage},
                                 {u"next_page_url"_s, isLast ? QJsonValue() : QJsonValue(next)}}}});
}

} // namespace sandbox
