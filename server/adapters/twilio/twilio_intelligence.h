// Twilio's transcripts of recordings (Twilio, "Conversational Intelligence - Transcript Resource"
// and "Transcript Sentence Subresource", v2).
#pragma once

#include "server/adapters/twilio/twilio_rest.h"
#include "server/core/transcripts/vendor_ports.h"

namespace server::twilio {

/// One request an operation, each page of a long transcript another; nothing is tried twice here.
/// Thread-safe; blocks.
class TwilioIntelligence final : public core::TranscriptVendor
{
public:
    /// The account's `baseUrl` is that of this API, with its version: ".../v2". `serviceSid` is
    /// "GA..."; empty: nothing can be started.
    TwilioIntelligence(TwilioAccount account, QString serviceSid, web::HttpClient &http)
        : m_account(std::move(account)), m_serviceSid(std::move(serviceSid)), m_http(http)
    {
    }

    base::Result<QString> start(const QString &recordingSid, const QString &customerKey,
                                core::CallDirection direction) override;
    base::Result<core::VendorTranscript> find(const QString &sid) override;
    base::Result<std::vector<core::VendorSentence>> sentences(const QString &sid) override;
    base::Result<QStringList> ofRecording(const QString &recordingSid) override;
    base::Result<> remove(const QString &sid) override;

private:
    base::Result<QJsonObject> ask(web::HttpRequest request);
    base::Result<QJsonObject> get(const QString &path);

    const TwilioAccount m_account;
    const QString m_serviceSid;
    web::HttpClient &m_http;
};

} // namespace server::twilio
