// TwiML, as far as a call that ends in a media stream needs it.
#pragma once

#include "shared/base/result.h"

#include <QByteArray>
#include <QList>
#include <QString>

#include <chrono>
#include <utility>

namespace sandbox {

struct Verb
{
    enum class Kind { Say, Pause, Stream, Hangup, Reject };

    Kind kind = Kind::Hangup;
    QString text;                        ///< Say: the words; Stream: the URL; Reject: the reason
    std::chrono::milliseconds length{0}; ///< Say, Pause
    QList<std::pair<QString, QString>> parameters; ///< Stream
};

/// The verbs in order. Anything the stand-in does not know is a failure, so that a mistake in a
/// document is seen and not played around.
base::Result<QList<Verb>> parseTwiml(const QByteArray &document);

} // namespace sandbox
