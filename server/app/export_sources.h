// What the export of somebody's data is made of, beside their account and sessions.
#pragma once

#include "server/core/accounts/account_data_ports.h"
#include "server/core/calls/call_ports.h"
#include "server/core/onboarding/onboarding_ports.h"
#include "server/core/scenarios/custom_scenario.h"
#include "server/core/schedule/schedule_ports.h"
#include "server/core/usage/usage_ports.h"
#include "shared/base/clock.h"

#include <vector>

namespace server::app {

/// The stores that keep something of users. They must outlive the sources.
struct ExportStores
{
    core::CallStore &calls;
    core::UsageStore &usage;
    core::ScheduleStore &schedules;
    core::CustomScenarioStore &scenarios;
    core::OnboardingStore &onboarding;
    base::Clock now;
};

/// "calls", "usage", "schedules", "custom_scenarios" and "onboarding". A new kind of thing that is
/// kept of users adds its own source here.
std::vector<core::ExportSource> exportSources(const ExportStores &stores);

} // namespace server::app
