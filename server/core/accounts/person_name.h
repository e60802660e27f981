// How somebody wants to be called.
#pragma once

#include "shared/base/result.h"

#include <QString>

namespace server::core {

/// The name without blanks around it. Fault::Unprocessable unless it has 1 to 200 characters, none
/// of them a control character.
base::Result<QString> checkedName(const QString &name);

} // namespace server::core
