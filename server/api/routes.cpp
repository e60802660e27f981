#include "server/api/routes.h"

#include "server/http/rate_limiter.h"

namespace server::api {

namespace {

using http::Access;
using http::Lane;
using http::perMinute;
using http::Route;
using http::SocketRoute;

template <typename Api, typename Handler>
http::Handler to(Api &api, Handler handler)
{
    return [&api, handler](const http::Request &request) { return (api.*handler)(request); };
}

std::vector<Route> routes(const Apis &apis)
{
    using enum http::Method;
    auto &system = apis.system;
    auto &auth = apis.auth;
    auto &account = apis.account;
    auto &calls = apis.calls;
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

        // Plans
        {Get, "/payments/subscription-plans", Access::Public, Lane::Inline,
         to(apis.payments, &PaymentsApi::plans)},
        {Get, "/payments/subscription-status", Access::User, Lane::Store,
         to(apis.payments, &PaymentsApi::subscriptionStatus)},

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

        // The phone network
        {Get, "/outgoing-call/{scenario}", Access::Signed, Lane::Store,
         to(phone, &PhoneApi::outgoingCall)},
        {Post, "/outgoing-call/{scenario}", Access::Signed, Lane::Store,
         to(phone, &PhoneApi::outgoingCall)},
        {Get, "/incoming-call/{scenario}", Access::Signed, Lane::Store,
         to(phone, &PhoneApi::incomingCall)},
        {Post, "/incoming-call/{scenario}", Access::Signed, Lane::Store,
         to(phone, &PhoneApi::incomingCall)},
        {Get, "/incoming-call-webhook/{scenario}", Access::Signed, Lane::Store,
         to(phone, &PhoneApi::incomingCall)},
        {Post, "/incoming-call-webhook/{scenario}", Access::Signed, Lane::Store,
         to(phone, &PhoneApi::incomingCall)},
        {Post, "/handle-user-input", Access::Signed, Lane::Store,
         to(phone, &PhoneApi::handleUserInput)},
        {Post, "/twilio-callback", Access::Signed, Lane::Store,
         to(phone, &PhoneApi::statusCallback)},
        {Post, "/recording-callback", Access::Signed, Lane::Store,
         to(phone, &PhoneApi::recordingCallback)},

        // Staff
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

std::vector<SocketRoute> sockets(const Apis &apis)
{
    auto &phone = apis.phone;
    auto &admin = apis.admin;
    auto &bridge = apis.bridge;
    return {
        {"/media-stream/{scenario}", Access::Signed, Lane::Inline,
         [&phone](const http::Request &request) -> base::Result<http::Caller> {
             if (const auto checked = phone.checkMedia(request); !checked)
                 return failed(checked);
             return http::Caller{};
         },
         [&bridge](const http::Request &request, net::Detached socket) {
             bridge.takeMedia(std::move(socket), request.arguments.front().toStdString());
         }},
        {"/admin/live", Access::Staff, Lane::Store,
         [&admin](const http::Request &request) { return admin.checkFeed(request); },
         [&admin](const http::Request &request, net::Detached socket) {
             admin.takeFeed(request, std::move(socket));
         }},
    };
}

const char *toText(Access access)
{
    switch (access) {
    case Access::Public:
        return "public";
    case Access::User:
        return "user";
    case Access::Staff:
        return "staff";
    case Access::Signed:
        return "signed";
    }
    return "";
}

} // namespace

http::RouteTable routeTable(Apis apis)
{
    return {routes(apis), sockets(apis)};
}

QString describe(const http::RouteTable &table)
{
    QString text;
    const auto add = [&text](const char *method, const std::string &pattern, Access access,
                             const std::string &limit = {}) {
        text += QStringLiteral("%1 %2 %3 %4")
                    .arg(QLatin1String(method), -7)
                    .arg(QString::fromStdString(pattern), -42)
                    .arg(QLatin1String(toText(access)), -6)
                    .arg(QString::fromStdString(limit))
                    .trimmed()
                + QLatin1Char('\n');
    };
    for (const Route &route : table.routes())
        add(http::toText(route.method), route.pattern, route.access,
            route.limit ? http::toText(*route.limit) : std::string());
    for (const SocketRoute &socket : table.sockets())
        add("SOCKET", socket.pattern, socket.access);
    return text;
}

} // namespace server::api
