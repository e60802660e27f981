// How the phone network behaves.
#pragma once

#include "tests/sandbox/caller.h"

#include <QByteArray>
#include <QMap>
#include <QString>
#include <QUrl>

#include <chrono>

namespace sandbox {

struct PhoneSettings
{
    QByteArray accountSid = "AC00000000000000000000000000000001";
    QByteArray authToken = "sandbox-auth-token";
    QMap<QByteArray, QByteArray> otherAccounts; ///< id and token; users bring them
    /// Speaks plain http and ws where a URL says https and wss; what is signed stays as written.
    bool plain = false;
    /// "host:port" that every https and wss URL is sent to instead of its own host; implies plain.
    QString reach;
    std::chrono::milliseconds ring{1500};
    std::chrono::milliseconds recordingDelay{300};
    Caller::Manners manners;
    /// The one service that makes transcripts, when, and whom it tells; empty: nobody.
    QByteArray intelligenceService = "GA00000000000000000000000000000001";
    std::chrono::milliseconds transcriptDelay{300};
    QString intelligenceWebhook;
    QString dialogue; ///< the one every caller has; empty: by scenario, else in turn

    /// Where a request for `written` really goes.
    QUrl reached(const QUrl &written) const;
};

} // namespace sandbox
