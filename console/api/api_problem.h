// What a refused or failed request means for people.
#pragma once

#include "shared/base/result.h"

#include <QByteArray>
#include <QNetworkReply>

namespace console::api {

/// Turns an answer that is not a success into an Error with a sentence for people.
/// `status` is 0 when there was no answer. The body is foreign input: any bytes are fine.
base::Error problemOf(int status, QNetworkReply::NetworkError networkError, const QByteArray &body);

} // namespace console::api
