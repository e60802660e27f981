// The ids that more than one room speaks of.
#pragma once

#include "shared/base/strong_id.h"

namespace base {

using UserId = StrongId<struct UserTag>;
using CallId = StrongId<struct CallTag>;

} // namespace base
