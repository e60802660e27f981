// The XML that tells the phone network what to do with an answered call (Twilio Voice, "TwiML").
#pragma once

#include <QByteArray>
#include <QList>
#include <QPair>
#include <QString>

namespace server::api::twiml {

using Parameters = QList<QPair<QString, QString>>;

/// Connects the call to a bidirectional media stream, then hangs up. Values travel as <Parameter>s:
/// a stream's URL takes no query (Twilio, "<Stream>", attribute url). `opening` is said before.
QByteArray connectStream(const QString &url, const Parameters &parameters,
                         const QString &opening = {});

/// Says something and hangs up.
QByteArray sayAndHangUp(const QString &text);

/// Waits in silence; for a call that is being ended otherwise.
QByteArray pause(int seconds);

} // namespace server::api::twiml
