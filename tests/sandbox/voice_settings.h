// How the voice model behaves.
#pragma once

#include <QByteArray>

#include <chrono>

namespace sandbox {

struct VoiceSettings
{
    QByteArray key = "sandbox-model-key"; ///< the bearer token it accepts
    std::chrono::milliseconds sessionLimit{std::chrono::minutes(60)};
    std::chrono::milliseconds thinking{350}; ///< from a response's creation to its first audio
    double speed = 8;                        ///< how much faster than real time audio is made
};

} // namespace sandbox
