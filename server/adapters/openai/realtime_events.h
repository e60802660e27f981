// The server events of OpenAI Realtime that the audio path's quick look does not read.
#pragma once

#include "server/bridge/codec_ports.h"

namespace server::openai {

/// What one event means to us. `setupEventId`: the client event whose failure ends the session.
/// Views in the result live as long as `spare`.
bridge::ModelEvent readEvent(const QJsonObject &message, std::string &spare,
                             QLatin1String setupEventId);

} // namespace server::openai
