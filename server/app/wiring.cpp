#include "server/app/wiring.h"

#include "server/adapters/apple/apple_tokens.h"
#include "server/adapters/openai/realtime_codec.h"
#include "server/adapters/recaptcha/recaptcha.h"
#include "server/adapters/store/call_store.h"
#include "server/adapters/store/custom_scenario_store.h"
#include "server/adapters/store/idempotency_store.h"
#include "server/adapters/store/onboarding_store.h"
#include "server/adapters/store/plan_store.h"
#include "server/adapters/store/schedule_store.h"
#include "server/adapters/store/sql_account_remover.h"
#include "server/adapters/store/sql_account_store.h"
#include "server/adapters/store/sql_audit_log.h"
#include "server/adapters/store/sql_password_store.h"
#include "server/adapters/store/sql_usage_store.h"
#include "server/adapters/store/transcript_store.h"
#include "server/adapters/store/vad_preference_store.h"
#include "server/adapters/twilio/media_codec.h"
#include "server/adapters/twilio/twilio_client.h"
#include "server/api/access.h"
#include "server/api/routes.h"
#include "server/app/calendar_room.h"
#include "server/app/call_ports.h"
#include "server/app/call_tools.h"
#include "server/app/dialling_room.h"
#include "server/app/due_calls.h"
#include "server/app/export_sources.h"
#include "server/app/impatient_briefings.h"
#include "server/app/mail_room.h"
#include "server/app/number_room.h"
#include "server/app/operator.h"
#include "server/app/opt_out_watch.h"
#include "server/app/options.h"
#include "server/app/payments_room.h"
#include "server/app/request_log.h"
#include "server/app/stop_signal.h"
#include "server/app/transcripts_room.h"
#include "server/core/calendar/booking_tool.h"
#include "server/net/tls.h"

namespace server::app {

namespace {

constexpr base::Millis kHttpPatience{2'000};
constexpr base::Millis kBridgePatience{5'000};
constexpr base::Millis kFeedFarewell{300};
constexpr base::Millis kMailPatience{3'000};
constexpr base::Millis kHousekeepingEvery{10 * 60'000};
constexpr size_t kStoreQueue = 1024; // about a tenth of a second of work; more waiting helps nobody
constexpr size_t kSlowQueue = 256;
constexpr int kToolThreads = 8;
constexpr base::Millis kCalendarPatience{5'000};

} // namespace

/// Members are made from top to bottom and destroyed from bottom to top: who needs whom stands in
/// this order.
struct Server::Parts
{
    Parts(Config settings, const QString &version, std::unique_ptr<store::Database> opened,
          core::PlanCatalogue offers, core::ScenarioCatalogue catalogue, core::CallingTables tables,
          std::unique_ptr<net::TlsContext> tlsContext)
        : config(std::move(settings)),
          database(std::move(opened)),
          plans(std::move(offers)),
          scenarios(std::move(catalogue)),
          tls(std::move(tlsContext)),
          metrics(version),
          diallingRoom(std::move(tables), *database, plans, callStore)
    {
        news.setBridge(&bridge);
        news.setRecordingListener([this](const core::Call &call, const QString &sid) {
            transcriptsRoom.recordingReady(call, sid);
        });
    }

    const Config config;
    std::unique_ptr<store::Database> database;
    core::PlanBook plans;
    const core::ScenarioCatalogue scenarios;
    std::unique_ptr<net::TlsContext> tls;
    api::Metrics metrics;
    net::Loop loop; ///< of the main thread
    web::HttpClient web;

    // The store's lane outlives all that hands it work; it is drained in run() before anything
    // dies.
    base::WorkerPool storeLane{"store", config.storeThreads, kStoreQueue};
    base::WorkerPool slowLane{"slow", config.slowThreads, kSlowQueue,
                              base::WorkerPool::Priority::Low};
    base::WorkerPool toolLane{"tools", kToolThreads, kSlowQueue, base::WorkerPool::Priority::Low};
    base::WorkerPool filesLane{"files", 1, kStoreQueue, base::WorkerPool::Priority::Low};
    base::WorkerPool hangUpLane{"hang-up", 2,
                                kSlowQueue}; ///< apart: its retries must not keep sign-ins waiting
    base::WorkerPool resolver{"resolve", 2, kSlowQueue};

    store::SqlAccountStore accountStore{*database};
    store::SqlAuditLog audit{*database};
    store::SqlCallStore callStore{*database, plans};
    store::SqlUsageStore usageStore{*database, callStore, plans};
    store::SqlPlanStore planStore{*database};
    store::SqlScheduleStore scheduleStore{*database};
    store::SqlCustomScenarioStore customScenarios{*database};
    store::SqlIdempotencyStore idempotency{*database};
    store::SqlVadPreferences vadPreferences{*database};
    store::SqlTranscriptStore transcriptStore{*database};
    store::SqlOnboardingStore onboardingStore{*database};
    store::SqlAnonymousSessionStore onboardingSessions{*database};

    core::PasswordHasher hasher;
    core::AccessTokens tokens{config.secretKey, base::utcNow, {config.accessTokenLifetime, 4096}};
    core::AccountService accounts{{accountStore, audit, hasher, tokens}, accountOptions(config)};

    MailRoom mailRoom{config};
    apple::AppleTokens appleTokens{{config.appleBaseUrl, config.appleClientIds}, web};
    recaptcha::Recaptcha captcha{{config.recaptchaBaseUrl, config.recaptchaSiteKey,
                                  config.recaptchaSecretKey, config.isCaptchaOn},
                                 web};
    store::SqlPasswordStore passwordStore{*database};
    core::PasswordService passwords{
        {accountStore, passwordStore, hasher, mailRoom.mailer(),
         [this](std::function<void()> task) { return storeLane.submit(std::move(task)); }},
        passwordOptions(config)};
    core::OnboardingWizard wizard{{onboardingStore, onboardingStore, base::utcNow}};
    DiallingRoom diallingRoom;
    core::UsageService usage{{usageStore, plans, diallingRoom.rules(), base::utcNow}};
    const core::SecretBox box = secretBox(config);
    NumberRoom numberRoom{config, {*database, web, box, usage, wizard}};
    CalendarRoom calendarRoom{config, {*database, web, box}};
    PaymentsRoom paymentsRoom{config, {*database, web, plans, planStore, usage}};
    core::AnonymousOnboarding anonymous{
        {onboardingSessions, onboardingStore, base::utcNow, core::systemRandom}};
    store::SqlAccountRemover accountRemover{*database};
    core::AccountData accountData{
        {accountStore, accountRemover, hasher,
         [this](const QString &file) { return deleteRecording(config, file); },
         paymentsRoom.withExports(
             exportSources({callStore, usageStore, scheduleStore, customScenarios, onboardingStore,
                            numberRoom.numbers(), numberRoom.ownAccounts(), vadPreferences,
                            transcriptStore, calendarRoom.bookingStore(),
                            calendarRoom.bookingConfigs(), diallingRoom.store(), base::utcNow}))}};

    twilio::TwilioClient phone{numberRoom.rest(), numberRoom.accounts(), hangUpLane};
    api::LiveRegistry registry{loop, [this](const bridge::CallOutcome &outcome) { keep(outcome); }};
    ImpatientBriefings briefings{calendarRoom.briefings(), toolLane, kCalendarPatience};
    CallNews news{registry, phone, config.isRecording};
    core::CallService calls{{.calls = callStore,
                             .reserver = usage,
                             .telephony = phone,
                             .events = news,
                             .scenarios = scenarios,
                             .customScenarios = customScenarios,
                             .briefings = briefings,
                             .numbers = numberRoom.directory(),
                             .vadPreferences = vadPreferences,
                             .rules = diallingRoom.rules(),
                             .now = base::utcNow},
                            callSettings(config)};

    core::ScheduleService schedule{
        {scheduleStore, calls, usage, diallingRoom.rules(), base::utcNow}};
    DueCalls dueCalls{loop, schedule};

    CallTools callTools{
        {{core::bookingToolName(),
          [this](const core::Call &call, const QString &arguments) {
              return core::runBookingTool(calendarRoom.bookings(), call.owner, call.id, arguments);
          }},
         {QLatin1String(core::kStopCallingTool), diallingRoom.stopCallingTool(bridge)}},
        callStore,
        toolLane};
    OptOutWatch optOutWatch{registry, diallingRoom.phrases(),
                            diallingRoom.onOptOut(bridge, storeLane)};
    StoredCalls lookup{calls, storeLane, {config.isMediaOpen, config.isRecording}};
    twilio::MediaCodec phoneCodec;
    openai::RealtimeCodec modelCodec;
    net::Dialer dialer{resolver};
    bridge::Bridge bridge{
        bridgeSettings(config),
        {optOutWatch, phone, lookup, callTools, phoneCodec, modelCodec, dialer, *tls, filesLane}};

    api::LiveFeed feed{{loop, registry, bridge, storeLane,
                        [this](const api::StaffMember &member, base::CallId call) {
                            return admin.auditListen(member, call);
                        },
                        [this](base::CallId call) { return admin.storedDetail(call); }}};
    api::AdminApi admin{{accounts, audit, callStore, bridge, phone, feed, base::utcNow}};
    api::SystemApi system{metrics, config.metricsToken, [this] { return checkReady(); }};
    api::AuthApi auth{{accounts, captcha, appleTokens}};
    api::AccountApi account{{accounts, passwords, accountData}};
    api::CallsApi callsApi{{calls, usage, callStore, customScenarios, idempotency, base::utcNow}};
    api::ScheduleApi scheduleApi{schedule, usage};
    api::CalendarApi calendarApi{calendarRoom.apiPorts(schedule, usage)};
    api::ScenariosApi scenariosApi{customScenarios, usage, base::utcNow};
    api::MobileApi mobile{
        {calls, usage, schedule, callStore, customScenarios, scenarios, base::utcNow}};
    api::SubscriptionsApi subscriptions{accountStore, usage};
    api::OnboardingApi onboarding{wizard, base::utcNow};
    api::OnboardingSessionApi sessions{
        {anonymous, onboardingStore, accounts, captcha, base::utcNow}};
    api::PhoneSignature phoneSignature{phoneSettings(config), numberRoom.verify()};
    api::PhoneApi phoneApi{calls, phoneSignature};
    api::VadApi vad{vadPreferences, base::utcNow};
    TranscriptsRoom transcriptsRoom{config,
                                    {*database, transcriptStore, usageStore, plans, calls,
                                     phoneSignature, web, numberRoom.rest(), numberRoom.accounts(),
                                     loop, storeLane, slowLane, [this] { sweepRecordings(); }}};
    api::AccessCheck access{accounts};
    http::HttpServer httpServer{
        api::routeTable(apis()),
        config.httpLimits,
        httpHeaders(config),
        {[this](const http::Request &request, http::Access kind) { return access(request, kind); },
         [this](const http::Served &served) {
             metrics.requestServed(served);
             logRequest(served);
         }},
        {storeLane, slowLane}};

    api::Apis apis()
    {
        return {.system = system,
                .auth = auth,
                .account = account,
                .calls = callsApi,
                .schedule = scheduleApi,
                .scenarios = scenariosApi,
                .callingRules = diallingRoom.api(),
                .transcripts = transcriptsRoom.api(),
                .transcriptCallbacks = transcriptsRoom.callbacks(),
                .calendar = calendarApi,
                .calendarConsent = calendarRoom.consentApi(),
                .booking = calendarRoom.bookingApi(),
                .mobile = mobile,
                .numbers = numberRoom.api(),
                .payments = paymentsRoom.apis(),
                .onboarding = onboarding,
                .sessions = sessions,
                .phone = phoneApi,
                .phoneSignature = phoneSignature,
                .vad = vad,
                .admin = admin,
                .subscriptions = subscriptions,
                .bridge = bridge};
    }

    base::Result<void> checkReady() const
    {
        const auto asked = database->session().execute(store::Sql(QStringLiteral("SELECT 1")));
        if (!asked)
            return failed(asked);
        return {};
    }

    /// Stores what a call leaves. Called on bridge threads.
    void keep(const bridge::CallOutcome &outcome)
    {
        metrics.callEnded(outcome);
        storeLane.submitAlways([this, ending = endingOf(outcome)] {
            if (const auto stored = calls.reportEnding(ending); !stored)
                base::log::error("call.not_stored",
                                 {{QStringLiteral("call"), ending.id.value},
                                  {QStringLiteral("cause"), stored.error().cause}});
        });
    }

    /// Calls that a server which died had under way. Others on the same database may still be
    /// carrying theirs, so only those that are over by any measure are closed there.
    void closeAbandonedCalls()
    {
        QDateTime before = base::utcNow();
        if (database->dialect() != store::Dialect::Sqlite)
            before = before.addSecs(-2 * std::chrono::seconds(config.callLimit).count());
        const auto closed = callStore.closeAbandoned(before, base::utcNow());
        if (closed && *closed > 0)
            base::log::warning("calls.abandoned", {{QStringLiteral("count"), *closed}});
    }

    template <typename T>
    static void warnOf(const base::Result<T> &result)
    {
        if (!result)
            base::log::warning("store.housekeeping_failed",
                               {{QStringLiteral("cause"), result.error().cause}});
    }

    void sweepRecordings() { warnOf(accountData.sweepRecordings()); }

    /// Tokens and tickets that nobody can use any more go, now and then.
    void keepHouse()
    {
        paymentsRoom.keepHouse();
        warnOf(accountStore.removeExpired(base::utcNow()));
        warnOf(onboardingSessions.removeExpired(base::utcNow()));
        sweepRecordings();
        calendarRoom.keepHouse();
    }
    Round housekeeping{loop, storeLane, kHousekeepingEvery, [this] { keepHouse(); }};
    Round healing{loop, slowLane, kHousekeepingEvery, [this] { numberRoom.heal(); }};

    void addGauges()
    {
        metrics.addGauge("calls_live", "Calls with a conversation under way",
                         [this] { return double(registry.talkingCount()); });
        metrics.addGauge("http_connections", "Open connections",
                         [this] { return double(httpServer.connectionCount()); });
        metrics.addGauge("store_queue", "Tasks waiting for a database connection",
                         [this] { return double(storeLane.queued()); });
        metrics.addGauge("slow_queue", "Tasks waiting for a slow thread",
                         [this] { return double(slowLane.queued()); });
    }
};

Server::Server(std::unique_ptr<Parts> parts) : m_d(std::move(parts)) {}

Server::~Server() = default;

base::Result<std::unique_ptr<Server>> Server::create(const Config &config, const QString &version)
{
    if (const auto checked = PaymentsRoom::check(config); !checked)
        return failed(checked);
    auto database = openDatabase(config);
    if (!database)
        return failed(database);
    store::SqlPlanStore planStore(**database);
    if (const auto followed = planStore.follow(core::PlanCatalogue::builtin()); !followed)
        return failed(followed);
    auto plans = planStore.load();
    if (!plans)
        return failed(plans);
    auto scenarios = core::ScenarioCatalogue::builtin();
    if (!scenarios)
        return failed(scenarios);
    auto tables = core::CallingTables::builtin();
    if (!tables)
        return failed(tables);
    auto tls = net::TlsContext::create();
    if (!tls)
        return failed(tls);
    auto parts =
        std::make_unique<Parts>(config, version, std::move(*database), std::move(*plans),
                                std::move(*scenarios), std::move(*tables), std::move(*tls));
    parts->closeAbandonedCalls();
    parts->addGauges();
    return std::unique_ptr<Server>(new Server(std::move(parts)));
}

base::Result<void> Server::run()
{
    const StopSignal stopSignal(m_d->loop, [this] {
        base::log::info("server.stopping");
        m_d->feed.closeAll();
        net::Loop::TimerId ignored =
            m_d->loop.startTimer(kFeedFarewell, [this] { m_d->loop.stop(); });
        Q_UNUSED(ignored)
    });
    auto started = m_d->httpServer.start(m_d->config.host.toStdString(), m_d->config.port,
                                         m_d->config.httpLoops);
    if (!started)
        return started;
    base::log::info("server.ready",
                    {{QStringLiteral("host"), m_d->config.host},
                     {QStringLiteral("port"), m_d->httpServer.port()},
                     {QStringLiteral("database"), m_d->database->toDisplay()},
                     {QStringLiteral("bridge_workers"), m_d->config.bridgeWorkers}});
    m_d->housekeeping.begin();
    m_d->healing.begin();
    m_d->dueCalls.begin();
    m_d->transcriptsRoom.begin();
    m_d->loop.run();

    // From the outside to the inside: no new requests, then no more calls, then everything that
    // they left is stored.
    m_d->httpServer.stop(kHttpPatience);
    m_d->bridge.shutdown(kBridgePatience);
    m_d->dueCalls.stop();
    m_d->toolLane.stop();
    m_d->filesLane.stop();
    m_d->hangUpLane.stop();
    m_d->slowLane.stop();
    m_d->storeLane.stop();
    m_d->mailRoom.close(kMailPatience);
    m_d->resolver.stop();
    base::log::info("server.stopped");
    return {};
}

QString Server::describeRoutes() const
{
    return api::describe(api::routeTable(m_d->apis()));
}

} // namespace server::app
