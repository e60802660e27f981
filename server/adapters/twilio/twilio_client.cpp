#include "server/adapters/twilio/twilio_client.h"

#include "shared/base/log.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QUrl>

#include <thread>

namespace server::twilio {

namespace {

/// Twilio's own words: they name what is wrong with a number or an account, and hold no secret of
/// ours.
QString refusalText(const web::HttpAnswer &answer)
{
    const QJsonObject body = QJsonDocument::fromJson(answer.body).object();
    const QString message = body.value(QLatin1String("message")).toString();
    return message.isEmpty() ? QStringLiteral("status %1").arg(answer.status) : message;
}

} // namespace

TwilioClient::TwilioClient(TwilioAccount account, web::HttpClient &http, base::WorkerPool &pool)
    : m_account(std::move(account)), m_http(http), m_pool(pool)
{
}

base::Result<web::HttpAnswer> TwilioClient::post(const QString &path, const web::Form &form)
{
    auto request = web::HttpClient::formPost(
        m_account.baseUrl + QStringLiteral("/2010-04-01/Accounts/") + m_account.accountSid + path,
        form);
    request.user = m_account.accountSid;
    request.password = m_account.authToken;
    return m_http.send(request);
}

base::Result<core::DialledCall> TwilioClient::dial(const core::DialOrder &order)
{
    const QString post_ = QStringLiteral("POST");
    web::Form form{{QStringLiteral("To"), order.to},
                   {QStringLiteral("From"), order.from},
                   {QStringLiteral("Url"), order.answerUrl},
                   {QStringLiteral("Method"), post_},
                   {QStringLiteral("StatusCallback"), order.statusUrl},
                   {QStringLiteral("StatusCallbackMethod"), post_},
                   {QStringLiteral("TimeLimit"), QString::number(order.timeLimit.count())}};
    for (const char *event : {"initiated", "ringing", "answered", "completed"})
        form.append({QStringLiteral("StatusCallbackEvent"), QString::fromLatin1(event)});
    if (!order.recordingUrl.isEmpty()) {
        form.append({QStringLiteral("Record"), QStringLiteral("true")});
        form.append({QStringLiteral("RecordingChannels"), QStringLiteral("dual")});
        form.append({QStringLiteral("RecordingStatusCallback"), order.recordingUrl});
        form.append({QStringLiteral("RecordingStatusCallbackEvent"), QStringLiteral("completed")});
    }
    const auto answer = post(QStringLiteral("/Calls.json"), form);
    if (!answer)
        return failed(answer);
    if (answer->status == 429 || answer->status >= 500)
        return base::fail(base::Fault::Upstream,
                          QStringLiteral("The phone service is not available right now"),
                          refusalText(*answer));
    if (answer->status >= 400)
        return base::fail(base::Fault::Invalid,
                          QStringLiteral("An error occurred with the phone service: %1")
                              .arg(refusalText(*answer)),
                          refusalText(*answer));
    const QJsonObject body = QJsonDocument::fromJson(answer->body).object();
    const QString sid = body.value(QLatin1String("sid")).toString();
    if (sid.isEmpty())
        return base::fail(base::Fault::Upstream,
                          QStringLiteral("The phone service gave no call id"));
    return core::DialledCall{
        sid, core::callStatusFromText(body.value(QLatin1String("status")).toString())
                 .value_or(core::CallStatus::Queued)};
}

void TwilioClient::hangUp(const QString &callSid)
{
    // Without an account there is no phone network to ask, and the call was a load test's.
    if (callSid.isEmpty() || m_account.accountSid.isEmpty())
        return;
    m_pool.submitAlways([this, callSid] { completeCall(callSid); });
}

void TwilioClient::completeCall(const QString &callSid)
{
    constexpr int kTries = 3;
    for (int attempt = 1; attempt <= kTries; ++attempt) {
        const auto answer =
            post(QStringLiteral("/Calls/") + QString::fromLatin1(QUrl::toPercentEncoding(callSid))
                     + QStringLiteral(".json"),
                 {{QStringLiteral("Status"), QStringLiteral("completed")}});
        // 404 and 400 mean that there is no such call any more: what we wanted.
        if (answer && answer->status < 500 && answer->status != 429)
            return;
        base::log::warning("phone.hangup_failed", {{QStringLiteral("call_sid"), callSid},
                                                   {QStringLiteral("try"), attempt}});
        if (attempt < kTries)
            std::this_thread::sleep_for(std::chrono::milliseconds(500)
                                        * attempt); // nobody else waits for this lane
    }
}

} // namespace server::twilio
