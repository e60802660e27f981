#include "server/adapters/twilio/twilio_intelligence.h"

#include "server/adapters/twilio/twilio_answer.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QUrl>

#include <cmath>

namespace server::twilio {

using base::Fault;
using base::Result;

namespace {

constexpr int kMostPages = 20; // of a thousand sentences each: more than the longest call has
const QString kTranscripts = QStringLiteral("/Transcripts");

QString encoded(const QString &text)
{
    return QString::fromLatin1(QUrl::toPercentEncoding(text));
}

QByteArray compact(const QJsonObject &object)
{
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

core::VendorTranscript::State stateOf(const QString &status)
{
    using State = core::VendorTranscript::State;
    if (status == QLatin1String("completed"))
        return State::Completed;
    return status == QLatin1String("failed") || status == QLatin1String("canceled")
               ? State::Failed
               : State::Pending;
}

core::VendorTranscript toTranscript(const QJsonObject &object)
{
    core::VendorTranscript transcript;
    transcript.sid = textIn(object, "sid");
    transcript.state = stateOf(textIn(object, "status"));
    transcript.customerKey = textIn(object, "customer_key");
    transcript.languageCode = textIn(object, "language_code");
    const QJsonObject channel = object.value(QLatin1String("channel")).toObject();
    transcript.recordingSid =
        textIn(channel.value(QLatin1String("media_properties")).toObject(), "source_sid");
    for (const auto &value : channel.value(QLatin1String("participants")).toArray()) {
        const QJsonObject participant = value.toObject();
        transcript.roles.insert(participant.value(QLatin1String("channel_participant")).toInt(),
                                textIn(participant, "role"));
    }
    return transcript;
}

/// Times are seconds with a fraction, or null.
qint64 milliseconds(const QJsonValue &seconds)
{
    constexpr double kMsPerSecond = 1'000;
    constexpr double kDay = 86'400;
    return std::llround(std::clamp(seconds.toDouble(), 0.0, kDay) * kMsPerSecond);
}

core::VendorSentence toSentence(const QJsonObject &object)
{
    const QJsonValue confidence = object.value(QLatin1String("confidence"));
    return {object.value(QLatin1String("media_channel")).toInt(),
            object.value(QLatin1String("sentence_index")).toInt(),
            textIn(object, "transcript"),
            milliseconds(object.value(QLatin1String("start_time"))),
            milliseconds(object.value(QLatin1String("end_time"))),
            confidence.isDouble() ? std::optional(confidence.toDouble()) : std::nullopt};
}

/// Of the next page's URL only the query is used: the password goes to nobody but our own host.
QString nextPageQuery(const QJsonObject &page)
{
    const QJsonObject meta = page.value(QLatin1String("meta")).toObject();
    return QUrl(textIn(meta, "next_page_url")).query(QUrl::FullyEncoded);
}

} // namespace

Result<QJsonObject> TwilioIntelligence::ask(web::HttpRequest request)
{
    if (m_account.accountSid.isEmpty() || m_account.authToken.isEmpty())
        return base::fail(Fault::Unavailable,
                          QStringLiteral("The phone service is not set up on this server"));
    request.user = m_account.accountSid;
    request.password = m_account.authToken;
    const auto answer = m_http.send(request);
    if (!answer)
        return failed(answer);
    if (const auto checked = checkAnswer(*answer, QStringLiteral("Transcript not found")); !checked)
        return failed(checked);
    return QJsonDocument::fromJson(answer->body).object();
}

Result<QJsonObject> TwilioIntelligence::get(const QString &path)
{
    web::HttpRequest request;
    request.url = m_account.baseUrl + path;
    return ask(std::move(request));
}

Result<QString> TwilioIntelligence::start(const QString &recordingSid, const QString &customerKey,
                                          core::CallDirection direction)
{
    if (m_serviceSid.isEmpty())
        return base::fail(Fault::Invalid,
                          QStringLiteral("No transcription service is set up on this server"));
    const int agent = core::agentChannelOf(direction);
    QJsonArray participants;
    for (const int channel : {1, 2})
        participants.append(
            QJsonObject{{QStringLiteral("channel_participant"), channel},
                        {QStringLiteral("role"),
                         channel == agent ? QStringLiteral("Agent") : QStringLiteral("Customer")}});
    const QJsonObject channel{{QStringLiteral("media_properties"),
                               QJsonObject{{QStringLiteral("source_sid"), recordingSid}}},
                              {QStringLiteral("participants"), participants}};
    const auto created = ask(
        web::HttpClient::formPost(m_account.baseUrl + kTranscripts,
                                  {{QStringLiteral("ServiceSid"), m_serviceSid},
                                   {QStringLiteral("Channel"), QString::fromUtf8(compact(channel))},
                                   {QStringLiteral("CustomerKey"), customerKey}}));
    if (!created)
        return failed(created);
    QString sid = textIn(*created, "sid");
    if (sid.isEmpty())
        return base::fail(Fault::Upstream,
                          QStringLiteral("The phone service gave no transcript id"));
    return sid;
}

Result<core::VendorTranscript> TwilioIntelligence::find(const QString &sid)
{
    const auto found = get(kTranscripts + QLatin1Char('/') + encoded(sid));
    if (!found)
        return failed(found);
    return toTranscript(*found);
}

Result<std::vector<core::VendorSentence>> TwilioIntelligence::sentences(const QString &sid)
{
    const QString path =
        kTranscripts + QLatin1Char('/') + encoded(sid) + QStringLiteral("/Sentences?");
    std::vector<core::VendorSentence> all;
    QString query = QStringLiteral("PageSize=1000");
    for (int page = 0; page < kMostPages && !query.isEmpty(); ++page) {
        const auto answer = get(path + query);
        if (!answer)
            return failed(answer);
        for (const auto &value : answer->value(QLatin1String("sentences")).toArray())
            all.push_back(toSentence(value.toObject()));
        query = nextPageQuery(*answer);
    }
    return all;
}

Result<QStringList> TwilioIntelligence::ofRecording(const QString &recordingSid)
{
    const auto answer =
        get(kTranscripts + QStringLiteral("?PageSize=20&SourceSid=") + encoded(recordingSid));
    if (!answer)
        return failed(answer);
    QStringList sids;
    for (const auto &value : answer->value(QLatin1String("transcripts")).toArray()) {
        const core::VendorTranscript transcript = toTranscript(value.toObject());
        // The filter is the vendor's; that nobody else's comes back is for us to see to.
        if (transcript.recordingSid == recordingSid)
            sids.append(transcript.sid);
    }
    return sids;
}

Result<> TwilioIntelligence::remove(const QString &sid)
{
    web::HttpRequest request;
    request.method = "DELETE";
    request.url = m_account.baseUrl + kTranscripts + QLatin1Char('/') + encoded(sid);
    const auto removed = ask(std::move(request));
    if (!removed && removed.error().fault != Fault::NotFound)
        return failed(removed);
    return {};
}

} // namespace server::twilio
