// X-Twilio-Signature as the phone network computes it ("Webhooks Security", Validating requests).
#pragma once

#include "tests/sandbox/form.h"

#include <QByteArray>

namespace sandbox {

/// Base64 of HMAC-SHA1 over the URL followed by every distinct key and its distinct values, sorted.
/// GET requests and WebSocket handshakes are signed with an empty form.
QByteArray signature(const QByteArray &authToken, const QByteArray &url, const Form &form = {});

} // namespace sandbox
