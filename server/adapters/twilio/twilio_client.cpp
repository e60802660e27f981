#include "server/adapters/twilio/twilio_client.h"

#include "server/adapters/twilio/twilio_answer.h"
#include "shared/base/log.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QUrl>

#include <thread>

namespace server::twilio {

namespace {

constexpr int kMostCalls = 50; // to one number, of the last minutes: there is one, or none

core::DialledCall dialledCall(const QJsonObject &call)
{
    return {call.value(QLatin1String("sid")).toString(),
            core::callStatusFromText(call.value(QLatin1String("status")).toString())
                .value_or(core::CallStatus::Queued)};
}

} // namespace

base::Result<core::DialledCall> TwilioClient::dial(const core::DialOrder &order)
{
    const auto account = m_accounts.ofNumber(order.from);
    if (!account)
        return failed(account);
    const QString post = QStringLiteral("POST");
    web::Form form{{QStringLiteral("To"), order.to},
                   {QStringLiteral("From"), order.from},
                   {QStringLiteral("Url"), order.answerUrl},
                   {QStringLiteral("Method"), post},
                   {QStringLiteral("StatusCallback"), order.statusUrl},
                   {QStringLiteral("StatusCallbackMethod"), post},
                   {QStringLiteral("TimeLimit"), QString::number(order.timeLimit.count())}};
    for (const char *event : {"initiated", "ringing", "answered", "completed"})
        form.append({QStringLiteral("StatusCallbackEvent"), QString::fromLatin1(event)});
    if (!order.recordingUrl.isEmpty()) {
        form.append({QStringLiteral("Record"), QStringLiteral("true")});
        form.append({QStringLiteral("RecordingChannels"), QStringLiteral("dual")});
        form.append({QStringLiteral("RecordingStatusCallback"), order.recordingUrl});
        form.append({QStringLiteral("RecordingStatusCallbackEvent"), QStringLiteral("completed")});
    }
    if (order.machineDetection != core::MachineDetection::Off) {
        form.append({QStringLiteral("MachineDetection"),
                     order.machineDetection == core::MachineDetection::Enable
                         ? QStringLiteral("Enable")
                         : QStringLiteral("DetectMessageEnd")});
        // Beside the call: the person who answers is not kept waiting for the verdict.
        form.append({QStringLiteral("AsyncAmd"), QStringLiteral("true")});
        form.append({QStringLiteral("AsyncAmdStatusCallback"), order.machineUrl});
        form.append({QStringLiteral("AsyncAmdStatusCallbackMethod"), post});
    }
    const auto answer = m_rest.post(*account, QStringLiteral("/Calls.json"), form);
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
    return dialledCall(body);
}

base::Result<std::vector<core::DialledCall>>
TwilioClient::dialled(const QString &from, const QString &to, const QDateTime &since)
{
    const auto account = m_accounts.ofNumber(from);
    if (!account)
        return failed(account);
    const auto answer = m_rest.get(*account, QStringLiteral("/Calls.json"),
                                   {{QStringLiteral("To"), to},
                                    {QStringLiteral("From"), from},
                                    {QStringLiteral("PageSize"), QString::number(kMostCalls)}});
    if (!answer)
        return failed(answer);
    if (answer->status != 200)
        return base::fail(base::Fault::Upstream,
                          QStringLiteral("The phone service is not available right now"),
                          refusalText(*answer));
    std::vector<core::DialledCall> calls;
    const QJsonArray found =
        QJsonDocument::fromJson(answer->body).object().value(QLatin1String("calls")).toArray();
    for (const auto &value : found) {
        const QJsonObject call = value.toObject();
        const auto made = QDateTime::fromString(
            call.value(QLatin1String("date_created")).toString(), Qt::RFC2822Date);
        if (made >= since
            && call.value(QLatin1String("direction")) == QLatin1String("outbound-api"))
            calls.push_back(dialledCall(call));
    }
    return calls;
}

void TwilioClient::hangUp(const QString &callSid)
{
    // Without an account there is no phone network to ask, and the call was a load test's.
    if (callSid.isEmpty() || m_accounts.service().sid.isEmpty())
        return;
    m_pool.submitAlways([this, callSid] { completeCall(callSid); });
}

void TwilioClient::completeCall(const QString &callSid)
{
    // Most calls are the service's: where nobody can say, it is worth a try.
    const core::PhoneAccount account = m_accounts.ofCall(callSid).value_or(m_accounts.service());
    constexpr int kTries = 3;
    for (int attempt = 1; attempt <= kTries; ++attempt) {
        const auto answer = m_rest.post(account,
                                        QStringLiteral("/Calls/")
                                            + QString::fromLatin1(QUrl::toPercentEncoding(callSid))
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
