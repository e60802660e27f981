// When the model takes its turn.
#pragma once

#include "shared/base/result.h"

#include <QJsonObject>

#include <chrono>

namespace server::core {

/// How eagerly a semantic detector answers. The API treats `Auto` as `Medium`.
enum class Eagerness { Low, Medium, High, Auto };

/// The model's voice activity detection (OpenAI Realtime API, "Voice activity detection"): by
/// loudness and silence on the server, or by the meaning of what was said. A value.
struct TurnDetection
{
    enum class Type { Server, Semantic };

    Type type = Type::Semantic;
    Eagerness eagerness = Eagerness::Auto; ///< semantic only
    double threshold = 0.5;                ///< server only: 0 hears everything, 1 only loud speech
    std::chrono::milliseconds prefixPadding{
        300}; ///< server only: audio kept from before speech began
    std::chrono::milliseconds silenceDuration{700}; ///< server only: silence that ends a turn

    /// As the session's `audio.input.turn_detection` takes it. The model answers by itself, and
    /// stops by itself when the caller speaks.
    QJsonObject toJson() const;

    /// A user's own setting: `vad_type` and, with defaults as above, `eagerness`, `threshold`,
    /// `prefix_padding_ms`, `silence_duration_ms`. Other fields are ignored.
    /// A wrong field is Unprocessable; the message begins with its name.
    static base::Result<TurnDetection> fromSettings(const QJsonObject &settings);
    /// The same form back, for storage and for the owner's eyes.
    QJsonObject toSettings() const;

    bool operator==(const TurnDetection &) const = default;
};

} // namespace server::core
