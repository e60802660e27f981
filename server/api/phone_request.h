// Requests of the phone network: are they its own, and what do they say?
#pragma once

#include "server/http/request.h"
#include "server/http/response.h"
#include "shared/base/ids.h"

#include <QList>
#include <QPair>
#include <QUrl>

#include <functional>

namespace server::api {

/// The one signature check of everything that the phone network asks and tells us (Twilio,
/// "Webhooks security"). Thread-safe.
class PhoneSignature
{
public:
    using Fields = QList<QPair<QString, QString>>;
    struct Verify
    {
        /// True when `signature` is the phone network's own for that URL and these form fields.
        std::function<bool(const QString &url, const Fields &fields, const QByteArray &signature)>
            form;
        /// The same for a body that is no form, whose hash stands in the URL as bodySHA256.
        std::function<bool(const QString &url, const QByteArray &body, const QByteArray &signature)>
            json;
    };

    enum class Policy {
        Required,   ///< no valid signature, no service
        Unavailable ///< no auth token in development: nothing can be checked, so nothing is
    };
    struct Settings
    {
        QUrl publicUrl;
        Policy policy = Policy::Required;
        bool isMediaOpen = false; ///< MEDIA_STREAM_AUTH=off
    };

    PhoneSignature(Settings settings, Verify verify)
        : m_settings(std::move(settings)), m_verify(std::move(verify))
    {
    }

    /// Fault::Unauthenticated "Invalid signature".
    base::Result<> check(const http::Request &request) const;
    /// May this media stream be opened? Decided from its handshake alone; its token comes later.
    base::Result<> checkSocket(const http::Request &request) const;

    const QUrl &publicUrl() const { return m_settings.publicUrl; }

private:
    QString signedUrlOf(const http::Request &request, bool isSocket) const;

    const Settings m_settings;
    const Verify m_verify;
};

/// A field of the query of a GET, of a form, or of a JSON object; empty when there is none.
QString phoneField(const http::Request &request, const char *name);

/// The call that our own URL names; none where it names none.
base::CallId callIdOf(const http::Request &request);

/// Callbacks answer 200 with an error object where asking again would change nothing.
http::Response phoneRefusal(const QString &message);

} // namespace server::api
