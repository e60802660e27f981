#include "server/api/routes.h"

#include "server/api/route_row.h"
#include "server/http/rate_limiter.h"

namespace server::api {

namespace {

using http::Access;
using http::Lane;
using http::perMinute;
using http::Route;
using http::SocketRoute;

std::vector<Route> routes(const Apis &apis)
{
    using enum http::Method;
    auto &system = apis.system;
    auto &auth = apis.auth;
    auto &account = apis.account;
    auto &calls = apis.calls;
    auto &numbers = apis.numbers;
    auto &phone = apis.phone;
    auto &admin = apis.admin;
    return {
        // The service itself
        {Get, "/healthz", Access::Public, Lane::Inline, to(system, &SystemApi::health)},
        {Get, "/readyz", Access::Public, Lane::Store, to(system, &SystemApi::ready)},
        {Get, "/metrics", Access::Public, Lane::Store, to(system, &SystemApi::metrics)},
        {Get, "/openapi.json", Access::Public, Lane::Inline, to(system, &SystemApi::openApi)},
        {Get, "/docs", Access::Public, Lane::Inline, to(system, &SystemApi::docs)},
        {Get, "/docs/{file}", Access::Public, Lane::Inline, to(system, &SystemApi::docsFile)},

        // Accounts
        {Post, "/auth/register", Access::Public, Lane::Slow, to(auth, &AuthApi::registerUser),
         perMinute(5)},
        {Post, "/auth/login", Access::Public, Lane::Slow, to(auth, &AuthApi::login), perMinute(5)},
        {Post, "/token", Access::Public, Lane::Slow, to(auth, &AuthApi::token), perMinute(5)},
        {Post, "/auth/refresh", Access::Public, Lane::Store, to(auth, &AuthApi::refresh),
         perMinute(10)},
        {Post, "/auth/logout", Access::Public, Lane::Store, to(auth, &AuthApi::logout)},
        {Post, "/auth/apple-signin", Access::Public, Lane::Slow, to(auth, &AuthApi::appleSignIn),
         perMinute(5)},
        {Get, "/auth/captcha-key", Access::Public, Lane::Inline, to(auth, &AuthApi::captchaKey)},
        {Get, "/users/me", Access::User, Lane::Store, to(auth, &AuthApi::me)},
        {Get, "/protected", Access::User, Lane::Store, to(account, &AccountApi::greet),
         perMinute(5)},
        {Post, "/update-user-name", Access::User, Lane::Store,
         to(account, &AccountApi::updateName)},
        {Post, "/auth/change-password", Access::User, Lane::Slow,
         to(account, &AccountApi::changePassword), perMinute(5)},
        {Post, "/auth/forgot-password", Access::Public, Lane::Inline,
         to(account, &AccountApi::forgotPassword), perMinute(5)},
        {Post, "/auth/reset-password", Access::Public, Lane::Slow,
         to(account, &AccountApi::resetPassword), perMinute(5)},
        {Get, "/auth/sessions", Access::User, Lane::Store, to(account, &AccountApi::sessions)},
        {Delete, "/auth/sessions/{id}", Access::User, Lane::Store,
         to(account, &AccountApi::endSession)},
        {Delete, "/users/me", Access::User, Lane::Slow, to(account, &AccountApi::removeAccount),
         perMinute(5)},
        {Get, "/users/me/export", Access::User, Lane::Slow, to(account, &AccountApi::exportData),
         perMinute(5)},

        // Calls
        {Get, "/make-call/{phone_number}/{scenario}", Access::User, Lane::Slow,
         to(calls, &CallsApi::makeCall), perMinute(2)},
        {Get, "/make-custom-call/{phone_number}/{scenario_id}", Access::User, Lane::Slow,
         to(calls, &CallsApi::makeCustomCall), perMinute(2)},
        {Get, "/make-calendar-call-scenario/{phone_number}", Access::User, Lane::Slow,
         to(calls, &CallsApi::makeCalendarCall), perMinute(2)},
        {Get, "/google-calendar/make-calendar-call/{phone_number}", Access::User, Lane::Slow,
         to(calls, &CallsApi::makeGoogleCalendarCall)},
        {Post, "/calls", Access::User, Lane::Slow, to(calls, &CallsApi::place)},
        {Get, "/calls", Access::User, Lane::Store, to(calls, &CallsApi::list)},
        {Get, "/calls/{id}", Access::User, Lane::Store, to(calls, &CallsApi::show)},
        {Get, "/call-history", Access::User, Lane::Store, to(calls, &CallsApi::history)},
        {Get, "/usage-stats", Access::User, Lane::Store, to(calls, &CallsApi::usageStats)},
        {Post, "/schedule-call", Access::User, Lane::Store,
         to(apis.schedule, &ScheduleApi::scheduleCall), perMinute(3)},
        {Get, "/scheduled-calls", Access::User, Lane::Store, to(apis.schedule, &ScheduleApi::list)},
        {Delete, "/scheduled-calls/{id}", Access::User, Lane::Store,
         to(apis.schedule, &ScheduleApi::cancel)},

        // Transcripts
        {Get, "/calls/{id}/recording", Access::User, Lane::Slow,
         to(apis.transcripts, &TranscriptsApi::recording)},
        {Get, "/stored-transcripts", Access::User, Lane::Store,
         to(apis.transcripts, &TranscriptsApi::list)},
        {Get, "/stored-transcripts/", Access::User, Lane::Store,
         to(apis.transcripts, &TranscriptsApi::list)},
        {Get, "/stored-transcripts/{transcript_sid}", Access::User, Lane::Store,
         to(apis.transcripts, &TranscriptsApi::show)},
        {Get, "/stored-transcripts/{transcript_sid}/export", Access::User, Lane::Store,
         to(apis.transcripts, &TranscriptsApi::exportAs)},
        {Delete, "/stored-transcripts/{transcript_sid}", Access::User, Lane::Slow,
         to(apis.transcripts, &TranscriptsApi::remove)},
        {Get, "/api/transcripts/{transcript_sid}", Access::User, Lane::Store,
         to(apis.transcripts, &TranscriptsApi::read)},
        {Post, "/api/transcripts/{transcript_sid}/summarize", Access::User, Lane::Store,
         to(apis.transcripts, &TranscriptsApi::summarize)},
        {Post, "/api/transcripts/fetch-and-store/{transcript_sid}", Access::User, Lane::Slow,
         to(apis.transcripts, &TranscriptsApi::fetchAndStore), perMinute(10)},
        {Post, "/api/import-twilio-transcripts", Access::User, Lane::Slow,
         to(apis.transcripts, &TranscriptsApi::import), perMinute(10)},
        {Post, "/api/enhanced-twilio-transcripts/fetch-and-store", Access::User, Lane::Slow,
         to(apis.transcripts, &TranscriptsApi::fetchAndStoreEnhanced), perMinute(10)},
        {Get, "/api/enhanced-transcripts", Access::User, Lane::Store,
         to(apis.transcripts, &TranscriptsApi::listEnhanced)},
        {Get, "/api/enhanced-transcripts/", Access::User, Lane::Store,
         to(apis.transcripts, &TranscriptsApi::listEnhanced)},
        {Get, "/api/enhanced-transcripts/{transcript_sid}", Access::User, Lane::Store,
         to(apis.transcripts, &TranscriptsApi::showEnhanced)},
        {Get, "/twilio-transcripts", Access::User, Lane::Store,
         to(apis.transcripts, &TranscriptsApi::listTwilio)},
        {Get, "/twilio-transcripts/{transcript_sid}", Access::User, Lane::Store,
         to(apis.transcripts, &TranscriptsApi::showTwilio)},
        {Get, "/twilio-transcripts/recording/{recording_sid}", Access::User, Lane::Store,
         to(apis.transcripts, &TranscriptsApi::ofRecording)},
        {Post, "/transcript-ready", Access::Signed, Lane::Store,
         to(apis.transcriptCallbacks, &TranscriptCallbacks::transcriptReady)},
        {Post, "/twilio-transcripts/webhook-callback", Access::Signed, Lane::Store,
         to(apis.transcriptCallbacks, &TranscriptCallbacks::webhook)},

        // Users' own scenarios
        {Post, "/realtime/custom-scenario", Access::User, Lane::Store,
         to(apis.scenarios, &ScenariosApi::create), perMinute(10)},
        {Post, "/realtime/custom-scenarios", Access::User, Lane::Store,
         to(apis.scenarios, &ScenariosApi::create), perMinute(10)},
        {Get, "/custom-scenarios", Access::User, Lane::Store,
         to(apis.scenarios, &ScenariosApi::list), perMinute(20)},
        {Get, "/custom-scenarios/{scenario_id}", Access::User, Lane::Store,
         to(apis.scenarios, &ScenariosApi::show), perMinute(20)},
        {Put, "/custom-scenarios/{scenario_id}", Access::User, Lane::Store,
         to(apis.scenarios, &ScenariosApi::update), perMinute(10)},
        {Delete, "/custom-scenarios/{scenario_id}", Access::User, Lane::Store,
         to(apis.scenarios, &ScenariosApi::remove), perMinute(10)},
        {Get, "/custom-scenarios/{scenario_id}/versions", Access::User, Lane::Store,
         to(apis.scenarios, &ScenariosApi::versions), perMinute(20)},
        {Get, "/custom-scenarios/{scenario_id}/versions/{version}", Access::User, Lane::Store,
         to(apis.scenarios, &ScenariosApi::version), perMinute(20)},
        {Post, "/custom-scenarios/{scenario_id}/versions/{version}/restore", Access::User,
         Lane::Store, to(apis.scenarios, &ScenariosApi::restore), perMinute(10)},

        // How calls are made
        {Get, "/calling-rules", Access::User, Lane::Store,
         to(apis.callingRules, &CallingRulesApi::show)},
        {Put, "/calling-rules", Access::User, Lane::Store,
         to(apis.callingRules, &CallingRulesApi::replace)},

        // Users' calendars
        {Get, "/google-calendar/auth", Access::User, Lane::Store,
         to(apis.calendarConsent, &CalendarConsentApi::begin)},
        {Get, "/google-calendar/auth/google", Access::User, Lane::Store,
         to(apis.calendarConsent, &CalendarConsentApi::begin)},
        {Get, "/google-calendar/callback", Access::Public, Lane::Slow,
         to(apis.calendarConsent, &CalendarConsentApi::callback), perMinute(30)},
        {Get, "/google-calendar/google-calendar/callback", Access::Public, Lane::Slow,
         to(apis.calendarConsent, &CalendarConsentApi::callbackAsJson), perMinute(30)},
        {Delete, "/google-calendar/connection", Access::User, Lane::Slow,
         to(apis.calendarConsent, &CalendarConsentApi::disconnect)},
        {Get, "/google-calendar/events", Access::User, Lane::Slow,
         to(apis.calendar, &CalendarApi::events)},
        {Get, "/google-calendar/check-availability", Access::User, Lane::Slow,
         to(apis.calendar, &CalendarApi::availability)},
        {Get, "/google-calendar/find-slots", Access::User, Lane::Slow,
         to(apis.calendar, &CalendarApi::freeSlots)},
        {Post, "/google-calendar/test-create-event", Access::User, Lane::Slow,
         to(apis.calendar, &CalendarApi::testEvent)},
        {Post, "/google-calendar/schedule", Access::User, Lane::Slow,
         to(apis.calendar, &CalendarApi::scheduleCall), perMinute(10)},
        {Post, "/tools/createCalendarEvent", Access::User, Lane::Slow,
         to(apis.booking, &BookingApi::createCalendarEvent)},
        {Get, "/tools/health", Access::Public, Lane::Inline,
         to(apis.booking, &BookingApi::toolsHealth)},
        {Get, "/booking/config", Access::User, Lane::Store, to(apis.booking, &BookingApi::config)},
        {Put, "/booking/config", Access::User, Lane::Store,
         to(apis.booking, &BookingApi::changeConfig)},
        {Get, "/booking/config/help", Access::Public, Lane::Inline,
         to(apis.booking, &BookingApi::help)},

        // The mobile app
        {Get, "/mobile/usage-stats", Access::User, Lane::Store,
         to(apis.mobile, &MobileApi::usageStats), perMinute(3)},
        {Post, "/mobile/check-call-permission", Access::User, Lane::Store,
         to(apis.mobile, &MobileApi::checkPermission)},
        {Get, "/mobile/pricing", Access::Public, Lane::Inline,
         to(apis.mobile, &MobileApi::pricing)},
        {Get, "/mobile/scenarios", Access::Public, Lane::Inline,
         to(apis.mobile, &MobileApi::scenarios), perMinute(5)},
        {Post, "/mobile/make-call", Access::User, Lane::Slow, to(apis.mobile, &MobileApi::makeCall),
         perMinute(2)},
        {Post, "/mobile/make-custom-call", Access::User, Lane::Slow,
         to(apis.mobile, &MobileApi::makeCustomCall), perMinute(2)},
        {Post, "/mobile/schedule-call", Access::User, Lane::Store,
         to(apis.mobile, &MobileApi::scheduleCall)},
        {Get, "/mobile/call-history", Access::User, Lane::Store,
         to(apis.mobile, &MobileApi::callHistory)},
        {Get, "/mobile/subscription-status", Access::User, Lane::Store,
         to(apis.mobile, &MobileApi::subscriptionStatus)},

        // Telephone numbers
        {Get, "/twilio/account", Access::User, Lane::Slow, to(numbers, &NumbersApi::account)},
        {Get, "/twilio/search-numbers", Access::User, Lane::Slow, to(numbers, &NumbersApi::search)},
        {Post, "/twilio/search-numbers", Access::User, Lane::Slow,
         to(numbers, &NumbersApi::search)},
        {Post, "/twilio/provision-number", Access::User, Lane::Slow,
         to(numbers, &NumbersApi::provision), perMinute(10)},
        {Get, "/twilio/user-numbers", Access::User, Lane::Slow, to(numbers, &NumbersApi::list)},
        {Delete, "/twilio/release-number/{phone_number}", Access::User, Lane::Slow,
         to(numbers, &NumbersApi::release)},
        {Get, "/twilio/user-primary-number", Access::User, Lane::Store,
         to(numbers, &NumbersApi::primary)},
        {Put, "/twilio/credentials", Access::User, Lane::Slow, to(numbers, &NumbersApi::connect),
         perMinute(5)},
        {Get, "/twilio/credentials", Access::User, Lane::Store,
         to(numbers, &NumbersApi::credentials)},
        {Delete, "/twilio/credentials", Access::User, Lane::Store,
         to(numbers, &NumbersApi::disconnect)},

        // Onboarding: before there is an account
        {Post, "/onboarding/start", Access::Public, Lane::Store,
         to(apis.sessions, &OnboardingSessionApi::start), perMinute(10)},
        {Post, "/onboarding/set-name", Access::Public, Lane::Store,
         to(apis.sessions, &OnboardingSessionApi::setName)},
        {Post, "/onboarding/select-scenario", Access::Public, Lane::Store,
         to(apis.sessions, &OnboardingSessionApi::selectScenario)},
        {Post, "/onboarding/complete", Access::Public, Lane::Store,
         to(apis.sessions, &OnboardingSessionApi::complete)},
        {Post, "/onboarding/mobile/complete-step", Access::Public, Lane::Store,
         to(apis.sessions, &OnboardingSessionApi::completeMobileStep)},
        {Get, "/onboarding/mobile/status/{session_id}", Access::Public, Lane::Store,
         to(apis.sessions, &OnboardingSessionApi::mobileStatus)},
        {Get, "/onboarding/session/{session_id}", Access::Public, Lane::Store,
         to(apis.sessions, &OnboardingSessionApi::session)},
        {Post, "/auth/register-with-onboarding", Access::Public, Lane::Slow,
         to(apis.sessions, &OnboardingSessionApi::registerUser), perMinute(5)},

        // Onboarding: signed in
        {Get, "/onboarding/status", Access::User, Lane::Store,
         to(apis.onboarding, &OnboardingApi::status)},
        {Post, "/onboarding/complete-step", Access::User, Lane::Store,
         to(apis.onboarding, &OnboardingApi::completeStep)},
        {Get, "/onboarding/next-action", Access::User, Lane::Store,
         to(apis.onboarding, &OnboardingApi::nextAction)},
        {Post, "/onboarding/initialize", Access::User, Lane::Store,
         to(apis.onboarding, &OnboardingApi::initialize)},
        {Post, "/onboarding/complete-first-call", Access::User, Lane::Store,
         to(apis.onboarding, &OnboardingApi::completeFirstCall)},
        {Get, "/onboarding/check-step/{step}", Access::User, Lane::Store,
         to(apis.onboarding, &OnboardingApi::checkStep)},
        {Get, "/onboarding/me/providers", Access::User, Lane::Store,
         to(apis.onboarding, &OnboardingApi::providers)},

        {Post, "/api/vad-config/update", Access::User, Lane::Store, to(apis.vad, &VadApi::update)},
        {Get, "/api/vad-config/presets", Access::User, Lane::Store, to(apis.vad, &VadApi::presets)},

        // The phone network. Incoming calls may have to wait for a calendar.
        {Get, "/outgoing-call/{scenario}", Access::Signed, Lane::Store,
         to(phone, &PhoneApi::outgoingCall)},
        {Post, "/outgoing-call/{scenario}", Access::Signed, Lane::Store,
         to(phone, &PhoneApi::outgoingCall)},
        {Get, "/incoming-call/{scenario}", Access::Signed, Lane::Slow,
         to(phone, &PhoneApi::incomingCall)},
        {Post, "/incoming-call/{scenario}", Access::Signed, Lane::Slow,
         to(phone, &PhoneApi::incomingCall)},
        {Get, "/incoming-call-webhook/{scenario}", Access::Signed, Lane::Slow,
         to(phone, &PhoneApi::incomingCall)},
        {Post, "/incoming-call-webhook/{scenario}", Access::Signed, Lane::Slow,
         to(phone, &PhoneApi::incomingCall)},
        {Get, "/incoming-custom-call/{scenario_id}", Access::Signed, Lane::Slow,
         to(phone, &PhoneApi::incomingCustomCall)},
        {Post, "/incoming-custom-call/{scenario_id}", Access::Signed, Lane::Slow,
         to(phone, &PhoneApi::incomingCustomCall)},
        {Get, "/google-calendar/incoming-calendar-call", Access::Signed, Lane::Slow,
         to(phone, &PhoneApi::incomingCalendarCall)},
        {Post, "/google-calendar/incoming-calendar-call", Access::Signed, Lane::Slow,
         to(phone, &PhoneApi::incomingCalendarCall)},
        {Post, "/handle-user-input", Access::Signed, Lane::Store,
         to(phone, &PhoneApi::handleUserInput)},
        {Post, "/twilio-callback", Access::Signed, Lane::Store,
         to(phone, &PhoneApi::statusCallback)},
        {Post, "/recording-callback", Access::Signed, Lane::Store,
         to(phone, &PhoneApi::recordingCallback)},
        {Post, "/call-end-webhook", Access::Signed, Lane::Store, to(phone, &PhoneApi::callEnd)},
        {Post, "/call-status", Access::Signed, Lane::Store, to(phone, &PhoneApi::callStatus)},
        {Post, "/amd-callback", Access::Signed, Lane::Store,
         to(phone, &PhoneApi::answererCallback)},

        // Staff
        {Get, "/admin/opt-outs", Access::Staff, Lane::Store,
         to(apis.callingRules, &CallingRulesApi::optOuts)},
        {Post, "/admin/opt-outs", Access::Staff, Lane::Store,
         to(apis.callingRules, &CallingRulesApi::addOptOut)},
        {Delete, "/admin/opt-outs/{phone_number}", Access::Staff, Lane::Store,
         to(apis.callingRules, &CallingRulesApi::removeOptOut)},
        {Get, "/admin/users", Access::Staff, Lane::Store,
         to(apis.subscriptions, &SubscriptionsApi::find)},
        {Get, "/admin/users/{id}/usage", Access::Staff, Lane::Store,
         to(apis.subscriptions, &SubscriptionsApi::usage)},
        {Post, "/admin/users/{id}/subscription", Access::Staff, Lane::Store,
         to(apis.subscriptions, &SubscriptionsApi::grant)},
        {Delete, "/admin/users/{id}/subscription", Access::Staff, Lane::Store,
         to(apis.subscriptions, &SubscriptionsApi::end)},
        {Post, "/admin/live/ticket", Access::Staff, Lane::Store, to(admin, &AdminApi::liveTicket)},
        {Get, "/admin/calls/{id}", Access::Staff, Lane::Store, to(admin, &AdminApi::callDetail)},
        {Post, "/admin/calls/{id}/hangup", Access::Staff, Lane::Store,
         to(admin, &AdminApi::hangUp)},
    };
}

/// A media stream. Whatever its path says, its token tells which call it is. (Checked on the
/// store's lane: the signature may be that of a user's own account.)
SocketRoute mediaStream(const Apis &apis, const char *pattern)
{
    return {pattern, Access::Signed, Lane::Store,
            [&signature =
                 apis.phoneSignature](const http::Request &request) -> base::Result<http::Caller> {
                if (const auto checked = signature.checkSocket(request); !checked)
                    return failed(checked);
                return http::Caller{};
            },
            [&bridge = apis.bridge](const http::Request &request, net::Detached socket) {
                const QString scenario = request.arguments.empty()
                                             ? QString::fromLatin1(core::kCalendarScenario)
                                             : request.arguments.front();
                bridge.takeMedia(std::move(socket), scenario.toStdString());
            }};
}

std::vector<SocketRoute> sockets(const Apis &apis)
{
    auto &admin = apis.admin;
    return {
        mediaStream(apis, "/media-stream/{scenario}"),
        mediaStream(apis, "/media-stream-custom/{scenario_id}"),
        mediaStream(apis, "/media-stream-custom-calendar/{scenario_id}"),
        mediaStream(apis, "/calendar-media-stream"),
        {"/admin/live", Access::Staff, Lane::Store,
         [&admin](const http::Request &request) { return admin.checkFeed(request); },
         [&admin](const http::Request &request, net::Detached socket) {
             admin.takeFeed(request, std::move(socket));
         }},
    };
}

} // namespace

http::RouteTable routeTable(Apis apis)
{
    auto rows = routes(apis);
    for (http::Route &row : paymentRoutes(apis.payments))
        rows.push_back(std::move(row));
    return {std::move(rows), sockets(apis)};
}

} // namespace server::api
