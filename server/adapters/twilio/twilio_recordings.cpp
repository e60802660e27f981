#include "server/adapters/twilio/twilio_recordings.h"

#include <QUrl>

namespace server::twilio {

base::Result<> TwilioRecordings::remove(const QString &recordingSid, const QString &callSid)
{
    const auto account = callSid.isEmpty() ? base::Result<core::PhoneAccount>(m_accounts.service())
                                           : m_accounts.ofCall(callSid);
    if (!account)
        return failed(account);
    const auto answer =
        m_rest.remove(*account, QStringLiteral("/Recordings/")
                                    + QString::fromLatin1(QUrl::toPercentEncoding(recordingSid))
                                    + QStringLiteral(".json"));
    if (!answer)
        return failed(answer);
    auto checked = checkAccountAnswer(*answer, QStringLiteral("Recording not found"));
    if (!checked && checked.error().fault == base::Fault::NotFound)
        return {};
    return checked;
}

} // namespace server::twilio
