// Errors as the phone network's REST API writes them.
#pragma once

#include "tests/sandbox/http_listener.h"

namespace sandbox {

inline HttpAnswer vendorRefusal(int status, int code, const QString &message)
{
    return HttpAnswer::json(status,
                            {{QStringLiteral("code"), code},
                             {QStringLiteral("message"), message},
                             {QStringLiteral("more_info"),
                              QStringLiteral("https://www.twilio.com/docs/errors/%1").arg(code)},
                             {QStringLiteral("status"), status}});
}

} // namespace sandbox
