#include "server/app/wiring.h"

#include "server/adapters/openai/realtime_codec.h"
#include "server/adapters/store/call_store.h"
#include "server/adapters/store/idempotency_store.h"
#include "server/adapters/store/migrations.h"
#include "server/adapters/store/sql_account_store.h"
#include "server/adapters/store/sql_audit_log.h"
#include "server/adapters/twilio/media_codec.h"
#include "server/adapters/twilio/request_signature.h"
#include "server/adapters/twilio/twilio_client.h"
#include "server/api/access.h"
#include "server/api/routes.h"
#include "server/app/call_ports.h"
#include "server/net/tls.h"

#include <QDir>

#include <csignal>

#include <sys/epoll.h>
#include <sys/signalfd.h>

namespace server::app {

namespace {

constexpr base::Millis kHttpPatience{2'000};
constexpr base::Millis kBridgePatience{5'000};
constexpr base::Millis kFeedFarewell{300};
constexpr base::Millis kHousekeepingEvery{10 * 60'000};
constexpr size_t kStoreQueue = 1024; // about a tenth of a second of work; more waiting helps nobody
constexpr size_t kSlowQueue = 256;

sigset_t stopSignals()
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    return set;
}

/// Turns a stop signal into an event of the loop.
class StopSignal final : private net::Loop::Watcher
{
public:
    StopSignal(net::Loop &loop, net::Loop::Task onStop) : m_loop(loop), m_onStop(std::move(onStop))
    {
        const sigset_t set = stopSignals();
        m_fd = net::UniqueFd(::signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC));
        m_loop.watch(m_fd.get(), EPOLLIN, this);
    }
    ~StopSignal() override { m_loop.unwatch(m_fd.get(), this); }

private:
    void ready(std::uint32_t) override
    {
        signalfd_siginfo info{};
        if (::read(m_fd.get(), &info, sizeof info) == sizeof info)
            m_onStop();
    }

    net::Loop &m_loop;
    const net::Loop::Task m_onStop;
    net::UniqueFd m_fd;
};

base::Result<std::unique_ptr<store::Database>> openDatabase(const Config &config)
{
    if (!QDir().mkpath(config.dataFolder))
        return base::fail(base::Fault::Unavailable,
                          QStringLiteral("DATA_DIR %1 cannot be made").arg(config.dataFolder));
    auto database = store::Database::open(config.databaseUrl);
    if (!database)
        return base::fail(base::Fault::Invalid,
                          QStringLiteral("DATABASE_URL: ") + database.error().message,
                          database.error().cause);
    if (const auto migrated = store::migrate(**database); !migrated)
        return failed(migrated);
    return database;
}

core::AccountService::Options accountOptions(const Config &config)
{
    core::AccountService::Options options;
    options.refreshMode =
        config.isRefreshStrict ? core::RefreshMode::Strict : core::RefreshMode::Lenient;
    return options;
}

bridge::BridgeSettings bridgeSettings(const Config &config)
{
    bridge::BridgeSettings settings;
    settings.workers = config.bridgeWorkers;
    const bool hasQuery = config.openAiRealtimeUrl.contains(QLatin1Char('?'));
    settings.modelUrl =
        (config.openAiRealtimeUrl + QLatin1Char(hasQuery ? '&' : '?') + QStringLiteral("model=")
         + QString::fromLatin1(QUrl::toPercentEncoding(config.openAiRealtimeModel)))
            .toStdString();
    settings.modelKey = config.openAiKey.reveal().toStdString();
    settings.transcriptionModel = config.openAiTranscribeModel;
    if (config.isRecording)
        settings.recordingsFolder =
            QDir(config.dataFolder).absoluteFilePath(QStringLiteral("recordings"));
    return settings;
}

http::Headers httpHeaders(const Config &config)
{
    http::Headers headers;
    for (const QString &origin : config.frontendOrigins)
        headers.allowedOrigins.push_back(origin.toStdString());
    for (auto it = config.securityHeaders.cbegin(); it != config.securityHeaders.cend(); ++it)
        headers.security.emplace_back(it.key().toStdString(), it.value().toStdString());
    return headers;
}

void logRequest(const http::Served &served)
{
    using base::log::Level;
    // Health checks and the like are only worth a line when somebody looks for them.
    const bool isRoutine =
        served.status < 400 && served.route && served.route->lane == http::Lane::Inline;
    const Level level = served.status >= 500 ? Level::Warning
                        : isRoutine          ? Level::Debug
                                             : Level::Info;
    if (!base::log::isEnabled(level))
        return;
    // The pattern, not the path: paths carry phone numbers.
    QJsonObject fields{{QStringLiteral("status"), served.status},
                       {QStringLiteral("us"), qint64(served.took.count())}};
    if (served.request) {
        fields.insert(QStringLiteral("method"),
                      QLatin1String(http::toText(served.request->method)));
        fields.insert(QStringLiteral("request"), QString::fromStdString(served.request->id));
        fields.insert(QStringLiteral("peer"), QString::fromStdString(served.request->peer));
    }
    if (served.route)
        fields.insert(QStringLiteral("route"), QString::fromStdString(served.route->pattern));
    base::log::write(level, "http.request", fields);
}

} // namespace

void blockStopSignals()
{
    const sigset_t set = stopSignals();
    ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
    ::signal(SIGPIPE, SIG_IGN);
}

/// Members are made from top to bottom and destroyed from bottom to top: who needs whom stands in
/// this order.
struct Server::Parts
{
    Parts(Config settings, const QString &version, std::unique_ptr<store::Database> opened,
          core::ScenarioCatalogue catalogue, std::unique_ptr<net::TlsContext> tlsContext)
        : config(std::move(settings)),
          database(std::move(opened)),
          scenarios(std::move(catalogue)),
          tls(std::move(tlsContext)),
          metrics(version)
    {
        news.setBridge(&bridge);
    }

    const Config config;
    std::unique_ptr<store::Database> database;
    const core::ScenarioCatalogue scenarios;
    std::unique_ptr<net::TlsContext> tls;
    api::Metrics metrics;
    net::Loop loop; ///< of the main thread
    web::HttpClient web;

    // The store's lane outlives all that hands it work; it is drained in run() before anything
    // dies.
    base::WorkerPool storeLane{"store", config.storeThreads, kStoreQueue};
    base::WorkerPool slowLane{"slow", config.slowThreads, kSlowQueue};
    base::WorkerPool filesLane{"files", 1, kStoreQueue};
    base::WorkerPool hangUpLane{"hang-up", 2,
                                kSlowQueue}; ///< apart: its retries must not keep sign-ins waiting
    base::WorkerPool resolver{"resolve", 2, kSlowQueue};

    store::SqlAccountStore accountStore{*database};
    store::SqlAuditLog audit{*database};
    store::SqlCallStore callStore{*database};
    store::SqlIdempotencyStore idempotency{*database};

    core::PasswordHasher hasher;
    core::AccessTokens tokens{config.secretKey, base::utcNow, {config.accessTokenLifetime, 4096}};
    core::AccountService accounts{{accountStore, audit, hasher, tokens}, accountOptions(config)};

    twilio::TwilioClient phone{
        {config.twilioBaseUrl, config.twilioAccountSid, config.twilioAuthToken}, web, hangUpLane};
    twilio::RequestSignature signature{config.twilioAuthToken};
    api::LiveRegistry registry{loop, [this](const bridge::CallOutcome &outcome) { keep(outcome); }};
    CallNews news{registry, config.isRecording};
    core::CallService calls{
        {callStore, phone, news, scenarios, base::utcNow},
        {config.publicUrl, config.twilioNumber, config.callLimit, config.isRecordedByTwilio}};

    StoredCalls lookup{calls, storeLane, {config.isMediaOpen, config.isRecording}};
    twilio::MediaCodec phoneCodec;
    openai::RealtimeCodec modelCodec;
    net::Dialer dialer{resolver};
    bridge::Bridge bridge{
        bridgeSettings(config),
        {registry, phone, lookup, phoneCodec, modelCodec, dialer, *tls, filesLane}};

    api::LiveFeed feed{{loop, registry, bridge, storeLane,
                        [this](const api::StaffMember &member, base::CallId call) {
                            return admin.auditListen(member, call);
                        },
                        [this](base::CallId call) { return admin.storedDetail(call); }}};
    api::AdminApi admin{{accounts, audit, callStore, bridge, phone, feed, base::utcNow}};
    api::SystemApi system{metrics, config.metricsToken, [this] { return checkReady(); }};
    api::AuthApi auth{accounts};
    api::CallsApi callsApi{calls, callStore, idempotency, base::utcNow};
    api::PhoneApi phoneApi{
        calls,
        {config.publicUrl,
         config.twilioAuthToken.isEmpty() ? api::PhoneApi::SignaturePolicy::Unavailable
                                          : api::PhoneApi::SignaturePolicy::Required,
         config.isMediaOpen},
        [this](const QString &url, const api::PhoneApi::Fields &fields, const QByteArray &text) {
            return signature.isValid(url, fields, text);
        }};
    api::AccessCheck access{accounts};
    http::HttpServer httpServer{
        api::routeTable({system, auth, callsApi, phoneApi, admin, bridge}),
        config.httpLimits,
        httpHeaders(config),
        {[this](const http::Request &request, http::Access kind) { return access(request, kind); },
         [this](const http::Served &served) {
             metrics.requestServed(served);
             logRequest(served);
         }},
        {storeLane, slowLane}};

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

    /// Tokens and tickets that nobody can use any more go, now and then. Main thread.
    void keepHouse()
    {
        const bool isQueued = storeLane.submit([this] {
            if (const auto removed = accountStore.removeExpired(base::utcNow()); !removed)
                base::log::warning("store.housekeeping_failed",
                                   {{QStringLiteral("cause"), removed.error().cause}});
        });
        Q_UNUSED(isQueued) // a full queue has better things to do; there is a next time
        housekeeping = loop.startTimer(kHousekeepingEvery, [this] { keepHouse(); });
    }
    net::Loop::TimerId housekeeping = 0;

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
    auto database = openDatabase(config);
    if (!database)
        return failed(database);
    auto scenarios = core::ScenarioCatalogue::builtin();
    if (!scenarios)
        return failed(scenarios);
    auto tls = net::TlsContext::create();
    if (!tls)
        return failed(tls);
    auto parts = std::make_unique<Parts>(config, version, std::move(*database),
                                         std::move(*scenarios), std::move(*tls));
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
    m_d->keepHouse();
    m_d->loop.run();

    // From the outside to the inside: no new requests, then no more calls, then everything that
    // they left is stored.
    m_d->httpServer.stop(kHttpPatience);
    m_d->bridge.shutdown(kBridgePatience);
    m_d->filesLane.stop();
    m_d->hangUpLane.stop();
    m_d->slowLane.stop();
    m_d->storeLane.stop();
    m_d->resolver.stop();
    base::log::info("server.stopped");
    return {};
}

QString Server::describeRoutes() const
{
    return api::describe(api::routeTable(
        {m_d->system, m_d->auth, m_d->callsApi, m_d->phoneApi, m_d->admin, m_d->bridge}));
}

base::Result<void> createAdmin(const Config &config, const QString &email, const QString &password)
{
    const auto database = openDatabase(config);
    if (!database)
        return failed(database);
    store::SqlAccountStore accountStore(**database);
    store::SqlAuditLog audit(**database);
    const core::PasswordHasher hasher;
    const core::AccessTokens tokens(config.secretKey, base::utcNow);
    core::AccountService accounts({accountStore, audit, hasher, tokens});
    if (const auto made = accounts.createAdmin(email, password); !made)
        return failed(made);
    return {};
}

base::Result<int> migrateDatabase(const Config &config)
{
    if (!QDir().mkpath(config.dataFolder))
        return base::fail(base::Fault::Unavailable, QStringLiteral("DATA_DIR cannot be made"));
    const auto database = store::Database::open(config.databaseUrl);
    if (!database)
        return failed(database);
    return store::migrate(**database);
}

} // namespace server::app
