// What the caller hears when the model is gone for good.
#pragma once

#include <QByteArray>

namespace server::bridge {

/// A spoken apology, µ-law at 8 kHz, from the program's resources. Any thread.
QByteArray apology();

} // namespace server::bridge
