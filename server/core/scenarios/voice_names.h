// Which voice of the model speaks.
#pragma once

#include <QString>
#include <QStringList>
#include <QStringView>

#include <optional>

namespace server::core {

/// Voices have two kinds of names: the model's own ("coral") and the descriptive types that users
/// choose from ("concerned_female"). Clients send either; the session takes the first. Constant
/// tables; any thread.
class VoiceNames final
{
public:
    VoiceNames() = delete;

    /// The model's voice for a voice type or for one of its own names; nothing for anything else.
    static std::optional<QString> modelVoice(QStringView typeOrVoice);
    /// As modelVoice(), but a call must speak even when a stored name is no longer known.
    static QString modelVoiceOrDefault(QStringView typeOrVoice);

    /// The descriptive types.
    static QStringList types();
    /// The model's own names (OpenAI Realtime API reference, session `audio.output.voice`).
    static QStringList modelVoices();
};

} // namespace server::core
