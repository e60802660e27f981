// What the export of somebody's data is made of, beside their account and sessions.
#pragma once

#include "server/core/accounts/account_data_ports.h"
#include "server/core/calendar/booking_ports.h"
#include "server/core/calls/call_ports.h"
#include "server/core/dialling/dialling_ports.h"
#include "server/core/numbers/phone_account.h"
#include "server/core/onboarding/onboarding_ports.h"
#include "server/core/scenarios/custom_scenario.h"
#include "server/core/scenarios/vad_preferences.h"
#include "server/core/schedule/schedule_ports.h"
#include "server/core/transcripts/transcript_ports.h"
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
    core::NumberStore &numbers;
    core::OwnAccountStore &ownAccounts;
    core::VadPreferences &vadPreferences;
    core::TranscriptStore &transcripts;
    core::BookingStore &bookings;
    core::BookingConfigStore &bookingConfigs;
    core::DiallingStore &dialling;
    base::Clock now;
};

/// "calls", "usage", "schedules", "custom_scenarios", "onboarding", "phone_numbers",
/// "twilio_account", "vad_config" and "calling_rules". A new kind of thing that is kept of users
/// adds its own source here.
std::vector<core::ExportSource> exportSources(const ExportStores &stores);

} // namespace server::app
