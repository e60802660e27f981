// The whole API in one table.
#pragma once

#include "server/api/account_api.h"
#include "server/api/admin_api.h"
#include "server/api/auth_api.h"
#include "server/api/booking_api.h"
#include "server/api/calendar_api.h"
#include "server/api/calendar_consent_api.h"
#include "server/api/calling_rules_api.h"
#include "server/api/calls_api.h"
#include "server/api/mobile_api.h"
#include "server/api/numbers_api.h"
#include "server/api/onboarding_api.h"
#include "server/api/onboarding_session_api.h"
#include "server/api/payment_routes.h"
#include "server/api/phone_api.h"
#include "server/api/scenarios_api.h"
#include "server/api/schedule_api.h"
#include "server/api/subscriptions_api.h"
#include "server/api/system_api.h"
#include "server/api/transcript_callbacks.h"
#include "server/api/transcripts_api.h"
#include "server/api/vad_api.h"
#include "server/http/route.h"

namespace server::api {

struct Apis
{
    SystemApi &system;
    AuthApi &auth;
    AccountApi &account;
    CallsApi &calls;
    ScheduleApi &schedule;
    ScenariosApi &scenarios;
    CallingRulesApi &callingRules;
    TranscriptsApi &transcripts;
    TranscriptCallbacks &transcriptCallbacks;
    CalendarApi &calendar;
    CalendarConsentApi &calendarConsent;
    BookingApi &booking;
    MobileApi &mobile;
    NumbersApi &numbers;
    PaymentApis payments;
    OnboardingApi &onboarding;
    OnboardingSessionApi &sessions;
    PhoneApi &phone;
    const PhoneSignature &phoneSignature;
    VadApi &vad;
    AdminApi &admin;
    SubscriptionsApi &subscriptions;
    bridge::Bridge &bridge;
};

/// Every path of the service; nothing else registers one. `apis` must outlive the table.
http::RouteTable routeTable(Apis apis);

/// One line per row: method, path, access, and the rate limit where there is one.
QString describe(const http::RouteTable &table);

} // namespace server::api
