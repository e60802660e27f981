// Business plans in the shape of the plan list.
#pragma once

#include "server/core/plans/plan.h"

namespace server::api {

/// name, type, price, and features or pricing.
QJsonObject planJson(const core::Plan &plan);

} // namespace server::api
