// What the phone network asks and tells us: TwiML, status callbacks, the media stream's handshake.
#pragma once

#include "server/api/twiml.h"
#include "server/core/calls/call_service.h"
#include "server/http/request.h"
#include "server/http/response.h"

#include <QUrl>

#include <functional>

namespace server::api {

/// Handlers of the routes that Twilio calls, and their signature check. Thread-safe.
class PhoneApi
{
public:
    using Fields = QList<QPair<QString, QString>>;
    /// True when `signature` is the phone network's own for that URL and these form fields.
    using Verify =
        std::function<bool(const QString &url, const Fields &fields, const QByteArray &signature)>;

    enum class SignaturePolicy {
        Required,   ///< no valid signature, no service
        Unavailable ///< no auth token in development: nothing can be checked, so nothing is
    };
    struct Settings
    {
        QUrl publicUrl;
        SignaturePolicy policy = SignaturePolicy::Required;
        bool isMediaOpen = false; ///< MEDIA_STREAM_AUTH=off
    };

    PhoneApi(core::CallService &calls, Settings settings, Verify verify)
        : m_calls(calls), m_settings(std::move(settings)), m_verify(std::move(verify))
    {
    }

    http::Response outgoingCall(const http::Request &request);
    http::Response incomingCall(const http::Request &request);
    http::Response handleUserInput(const http::Request &request);
    http::Response statusCallback(const http::Request &request);
    http::Response recordingCallback(const http::Request &request);

    /// May this media stream be opened? Decided from its handshake alone; its token comes later.
    base::Result<void> checkMedia(const http::Request &request) const;

private:
    base::Result<void> checkSignature(const http::Request &request) const;
    QString publicUrlOf(const http::Request &request, bool isSocket) const;
    http::Response connect(const base::Result<core::MediaTicket> &ticket) const;

    core::CallService &m_calls;
    const Settings m_settings;
    const Verify m_verify;
};

} // namespace server::api
