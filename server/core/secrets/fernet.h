// Fernet tokens ("Fernet Spec", version 0x80): AES-128-CBC under HMAC-SHA256. Read only.
#pragma once

#include "shared/base/secret.h"

#include <QByteArray>
#include <QString>

#include <optional>

namespace server::core {

/// What the token holds; nothing when it was not made with this key (32 bytes: 16 that sign, 16
/// that encrypt) or was changed. Its age does not matter. Any thread.
std::optional<base::Secret> openFernet(const QString &token, const QByteArray &key);

} // namespace server::core
