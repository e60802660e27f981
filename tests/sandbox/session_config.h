// The `session` object of the Realtime API and the rules for changing it.
#pragma once

#include "tests/sandbox/voice_activity.h"

#include <QJsonObject>
#include <QString>

#include <optional>

namespace sandbox {

/// What an `error` event carries besides its type.
struct ApiError
{
    QString code;
    QString message;
    QString param;
};

/// The session as `session.created` shows it.
QJsonObject defaultSession(const QString &id, const QString &model, qint64 expiresAt);

/// Applies a `session.update`; on an error `session` is unchanged.
/// `voiceIsFixed`: audio has been produced, so the voice can no longer change.
std::optional<ApiError> updateSession(QJsonObject &session, const QJsonObject &change,
                                      bool voiceIsFixed);

struct Turns
{
    TurnDetection detection;
    bool createResponse = true;
    bool interruptResponse = true;
};

/// How turns are detected; nothing when the client commits by hand.
std::optional<Turns> turnsOf(const QJsonObject &session);
bool isTelephoneAudio(const QJsonObject &session, const QString &direction);
bool wantsTranscription(const QJsonObject &session);

} // namespace sandbox
