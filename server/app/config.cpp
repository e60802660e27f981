#include "server/app/config.h"

#include "server/adapters/mail/mail_message.h"
#include "server/adapters/mail/smtp_client.h"
#include "server/app/settings.h"
#include "server/core/numbers/phone_number.h"
#include "server/core/secrets/secret_box.h"
#include "server/net/ws_handshake.h"

#include <QDir>
#include <QRandomGenerator>
#include <QStandardPaths>

#include <thread>

#include <arpa/inet.h>

namespace server::app {

namespace {

/// Reads values with their defaults and remembers what is wrong with them.
class Reader
{
public:
    explicit Reader(const Variables &variables) : m_variables(variables)
    {
        for (const Setting &setting : allSettings())
            m_defaults.insert(QString::fromLatin1(setting.name),
                              QString::fromLatin1(setting.standard));
    }

    QString text(const char *name) const
    {
        const QString key = QString::fromLatin1(name);
        Q_ASSERT(m_defaults.contains(key));
        return m_variables.value(key, m_defaults.value(key)).trimmed();
    }
    base::Secret secret(const char *name) const { return base::Secret(text(name).toUtf8()); }

    int number(const char *name, int least, int most)
    {
        bool isNumber = false;
        const int value = text(name).toInt(&isNumber);
        if (!isNumber || value < least || value > most)
            problem(name,
                    QStringLiteral("must be a whole number from %1 to %2").arg(least).arg(most));
        return value;
    }
    bool flag(const char *name)
    {
        const QString value = text(name).toLower();
        if (value == QLatin1String("true") || value == QLatin1String("1")
            || value == QLatin1String("yes"))
            return true;
        if (value != QLatin1String("false") && value != QLatin1String("0")
            && value != QLatin1String("no"))
            problem(name, QStringLiteral("must be true or false"));
        return false;
    }
    QString oneOf(const char *name, const QStringList &choices)
    {
        QString value = text(name);
        if (!choices.contains(value))
            problem(name, QStringLiteral("must be one of: ") + choices.join(QStringLiteral(", ")));
        return value;
    }
    QString webAddress(const char *name)
    {
        QString value = text(name);
        while (value.endsWith(QLatin1Char('/')))
            value.chop(1);
        const QUrl url(value);
        if (!url.isValid() || url.host().isEmpty()
            || (url.scheme() != QLatin1String("http") && url.scheme() != QLatin1String("https")))
            problem(name, QStringLiteral("must be an http:// or https:// address"));
        return value;
    }
    QStringList list(const char *name) const
    {
        QStringList items;
        const QStringList parts = text(name).split(QLatin1Char(','), Qt::SkipEmptyParts);
        for (const QString &part : parts)
            items.append(part.trimmed());
        return items;
    }
    void require(const char *name)
    {
        if (text(name).isEmpty())
            problem(name, QStringLiteral("is missing"));
    }
    void problem(const char *name, const QString &what)
    {
        m_problems.append(QString::fromLatin1(name) + QLatin1Char(' ') + what);
    }
    const QStringList &problems() const { return m_problems; }

private:
    const Variables &m_variables;
    Variables m_defaults;
    QStringList m_problems;
};

bool isNumericAddress(const QString &text)
{
    in6_addr address{};
    const QByteArray bytes = text.toLatin1();
    return ::inet_pton(AF_INET, bytes.constData(), &address) == 1
           || ::inet_pton(AF_INET6, bytes.constData(), &address) == 1;
}

QByteArray inventKey()
{
    QByteArray key(32, '\0');
    for (char &byte : key)
        byte = char(QRandomGenerator::system()->bounded(256));
    return key.toHex();
}

void readListening(Reader &reader, Config &config)
{
    config.host = reader.text("HOST");
    if (config.host.isEmpty())
        config.host =
            config.isDevelopment ? QStringLiteral("127.0.0.1") : QStringLiteral("0.0.0.0");
    if (!isNumericAddress(config.host))
        reader.problem("HOST", QStringLiteral("must be a numeric address"));
    config.port = std::uint16_t(reader.number("PORT", 0, 65535));

    QString address = reader.text("PUBLIC_URL");
    if (address.isEmpty() && config.isDevelopment)
        address = QStringLiteral("http://localhost:%1").arg(config.port);
    if (!address.isEmpty() && !address.contains(QLatin1String("://")))
        address.prepend(QLatin1String("https://"));
    while (address.endsWith(QLatin1Char('/')))
        address.chop(1);
    config.publicUrl = QUrl(address);
    const QString scheme = config.publicUrl.scheme();
    if (address.isEmpty())
        reader.problem("PUBLIC_URL", QStringLiteral("is missing"));
    else if (!config.publicUrl.isValid() || config.publicUrl.host().isEmpty()
             || config.publicUrl.hasQuery()
             || (scheme != QLatin1String("https")
                 && !(config.isDevelopment && scheme == QLatin1String("http"))))
        reader.problem("PUBLIC_URL", QStringLiteral("must be an https:// address without a query"));
    config.frontendOrigins = reader.list("FRONTEND_URL");
}

void readSecurity(Reader &reader, Config &config)
{
    constexpr qsizetype kShortestKey = 32;
    config.secretKey = reader.secret("SECRET_KEY");
    if (config.secretKey.isEmpty() && config.isDevelopment) {
        config.secretKey = base::Secret(inventKey());
        config.isSecretKeyInvented = true;
    } else if (config.secretKey.isEmpty()) {
        reader.problem("SECRET_KEY", QStringLiteral("is missing"));
    } else if (config.secretKey.reveal().size() < kShortestKey && !config.isDevelopment) {
        reader.problem("SECRET_KEY", QStringLiteral("must have at least 32 characters"));
    }
    config.dataEncryptionKeys = reader.secret("DATA_ENCRYPTION_KEY");
    config.keepsSecrets = config.isDevelopment || !config.dataEncryptionKeys.isEmpty();
    const auto box = core::SecretBox::fromKeys(config.dataEncryptionKeys);
    if (!config.dataEncryptionKeys.isEmpty() && !box)
        reader.problem("DATA_ENCRYPTION_KEY", QStringLiteral("is wrong: ") + box.error().message);
    reader.oneOf("ALGORITHM", {QStringLiteral("HS256")});
    config.accessTokenLifetime =
        std::chrono::minutes(reader.number("ACCESS_TOKEN_EXPIRE_MINUTES", 1, 1440));
    config.isRefreshStrict = reader.oneOf("REFRESH_TOKEN_ROTATION",
                                          {QStringLiteral("lenient"), QStringLiteral("strict")})
                             == QLatin1String("strict");
    config.metricsToken = reader.secret("METRICS_TOKEN");
    if (!reader.flag("ENABLE_SECURITY_HEADERS"))
        return;
    const auto add = [&config](const char *name, const QString &value) {
        if (!value.isEmpty())
            config.securityHeaders.insert(QString::fromLatin1(name), value);
    };
    add("X-XSS-Protection",
        reader.flag("XSS_PROTECTION") ? QStringLiteral("1; mode=block") : QString());
    add("X-Content-Type-Options",
        reader.flag("CONTENT_TYPE_OPTIONS") ? QStringLiteral("nosniff") : QString());
    add("X-Frame-Options", reader.text("FRAME_OPTIONS"));
    add("Content-Security-Policy", reader.text("CONTENT_SECURITY_POLICY"));
    add("Permissions-Policy", reader.text("PERMISSIONS_POLICY"));
    add("Referrer-Policy", reader.text("REFERRER_POLICY"));
    add("Cache-Control", reader.text("CACHE_CONTROL"));
    const int age = reader.number("HSTS_MAX_AGE", 0, 2'000'000'000);
    if (reader.flag("ENABLE_HSTS"))
        add("Strict-Transport-Security", QStringLiteral("max-age=%1; includeSubDomains").arg(age));
}

void readAccounts(Reader &reader, Config &config)
{
    config.recaptchaBaseUrl = reader.webAddress("RECAPTCHA_BASE_URL");
    config.recaptchaSiteKey = reader.text("RECAPTCHA_SITE_KEY");
    config.recaptchaSecretKey = reader.secret("RECAPTCHA_SECRET_KEY");
    const bool isAuto = reader.text("CAPTCHA_ENABLED").toLower() == QLatin1String("auto");
    const bool isWanted = isAuto || reader.flag("CAPTCHA_ENABLED");
    const bool hasSome = !config.recaptchaSiteKey.isEmpty() || !config.recaptchaSecretKey.isEmpty();
    const bool hasBoth = !config.recaptchaSiteKey.isEmpty() && !config.recaptchaSecretKey.isEmpty();
    config.isCaptchaOn = isWanted && hasBoth;
    if (isWanted && !hasBoth && (hasSome || (!isAuto && !config.isDevelopment)))
        reader.problem("CAPTCHA_ENABLED",
                       QStringLiteral("needs both RECAPTCHA_SITE_KEY and RECAPTCHA_SECRET_KEY"));

    config.appleBaseUrl = reader.webAddress("APPLE_ID_BASE_URL");
    config.appleClientIds = reader.list("APPLE_CLIENT_IDS") + reader.list("APPLE_SERVICE_ID");

    config.smtpUrl = reader.secret("SMTP_URL");
    config.mailFrom = reader.text("MAIL_FROM");
    const bool hasServer = !config.smtpUrl.isEmpty();
    if (hasServer && !mail::SmtpServer::parse(config.smtpUrl))
        reader.problem("SMTP_URL", QStringLiteral("must be smtp://user:password@host:port or "
                                                  "smtps://..., special characters as %XX"));
    if ((hasServer || !config.mailFrom.isEmpty()) && !mail::Sender::parse(config.mailFrom))
        reader.problem("MAIL_FROM",
                       QStringLiteral("must be an address, or a name and an <address>"));
}

void readVendors(Reader &reader, Config &config)
{
    config.twilioBaseUrl = reader.webAddress("TWILIO_API_BASE_URL");
    config.twilioAccountSid = reader.text("TWILIO_ACCOUNT_SID");
    config.twilioAuthToken = reader.secret("TWILIO_AUTH_TOKEN");
    config.twilioNumber = reader.text("TWILIO_PHONE_NUMBER");
    if (!config.twilioNumber.isEmpty() && !core::PhoneNumber::parse(config.twilioNumber))
        reader.problem("TWILIO_PHONE_NUMBER",
                       QStringLiteral("must be a phone number such as +14155550100"));
    config.isRecordedByTwilio = reader.flag("TWILIO_RECORDING");
    config.twilioIntelligenceBaseUrl = reader.webAddress("TWILIO_INTELLIGENCE_BASE_URL");
    config.twilioIntelligenceSid = reader.text("TWILIO_VOICE_INTELLIGENCE_SID");
    config.usesTwilioTranscripts = reader.flag("USE_TWILIO_VOICE_INTELLIGENCE");
    if (config.usesTwilioTranscripts && config.twilioIntelligenceSid.isEmpty())
        reader.problem("USE_TWILIO_VOICE_INTELLIGENCE",
                       QStringLiteral("needs TWILIO_VOICE_INTELLIGENCE_SID"));
    config.isMediaOpen =
        reader.oneOf("MEDIA_STREAM_AUTH", {QStringLiteral("on"), QStringLiteral("off")})
        == QLatin1String("off");
    if (config.isMediaOpen && !config.isDevelopment)
        reader.problem("MEDIA_STREAM_AUTH", QStringLiteral("may be off in development mode only"));
    config.openAiKey = reader.secret("OPENAI_API_KEY");
    config.openAiRealtimeUrl = reader.text("OPENAI_REALTIME_URL");
    if (!net::parseSocketUrl(config.openAiRealtimeUrl.toStdString()))
        reader.problem("OPENAI_REALTIME_URL", QStringLiteral("must be a ws:// or wss:// address"));
    config.openAiRealtimeModel = reader.text("OPENAI_REALTIME_MODEL");
    config.openAiTranscribeModel = reader.text("OPENAI_TRANSCRIBE_MODEL");
    if (config.isDevelopment)
        return;
    for (const char *name :
         {"TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_PHONE_NUMBER", "OPENAI_API_KEY"})
        reader.require(name);
}

void readCalendar(Reader &reader, Config &config)
{
    config.googleClientId = reader.text("GOOGLE_CLIENT_ID");
    config.googleClientSecret = reader.secret("GOOGLE_CLIENT_SECRET");
    if (config.googleClientId.isEmpty() != config.googleClientSecret.isEmpty())
        reader.problem("GOOGLE_CLIENT_ID", QStringLiteral("and GOOGLE_CLIENT_SECRET go together"));
    if (!config.googleClientId.isEmpty() && !config.keepsSecrets)
        reader.problem("DATA_ENCRYPTION_KEY", QStringLiteral("is missing; calendars need it"));
    config.googleRedirectUri =
        reader.text("GOOGLE_REDIRECT_URI").isEmpty()
            ? config.publicUrl.toString() + QStringLiteral("/google-calendar/callback")
            : reader.webAddress("GOOGLE_REDIRECT_URI");
    config.googleApiBaseUrl = reader.webAddress("GOOGLE_API_BASE_URL");
    if (!reader.text("GOOGLE_OAUTH_BASE_URL").isEmpty())
        config.googleOauthBaseUrl = reader.webAddress("GOOGLE_OAUTH_BASE_URL");
}

void readPayments(Reader &reader, Config &config)
{
    config.stripeSecretKey = reader.secret("STRIPE_SECRET_KEY");
    config.stripePublishableKey = reader.text("STRIPE_PUBLISHABLE_KEY");
    for (const QString &secret : reader.list("STRIPE_WEBHOOK_SECRET"))
        config.stripeWebhookSecrets.append(base::Secret(secret.toUtf8()));
    if (!config.stripeSecretKey.isEmpty() && !config.isDevelopment)
        reader.require("STRIPE_WEBHOOK_SECRET");
    config.stripeBaseUrl = reader.webAddress("STRIPE_API_BASE_URL");

    config.appStoreBundleId = reader.text("APP_STORE_BUNDLE_ID");
    const QString sandbox =
        reader.oneOf("APP_STORE_SANDBOX",
                     {QStringLiteral("auto"), QStringLiteral("true"), QStringLiteral("false")});
    config.takesAppStoreSandbox =
        sandbox == QLatin1String("auto") ? config.isDevelopment : sandbox == QLatin1String("true");
    config.appStoreSharedSecret = reader.secret("APP_STORE_SHARED_SECRET");
    if (!config.appStoreSharedSecret.isEmpty() && config.appStoreBundleId.isEmpty())
        reader.problem("APP_STORE_SHARED_SECRET", QStringLiteral("needs APP_STORE_BUNDLE_ID"));
    config.appStoreReceiptUrl = reader.webAddress("APP_STORE_RECEIPT_BASE_URL");
    config.appStoreSandboxReceiptUrl = reader.webAddress("APP_STORE_SANDBOX_RECEIPT_BASE_URL");
    config.appleRootFile = reader.text("APPLE_ROOT_CA_FILE");
}

void readLimits(Reader &reader, Config &config)
{
    const auto millis = [&reader](const char *name) {
        return base::Millis(reader.number(name, 10, 3'600'000));
    };
    http::Limits &limits = config.httpLimits;
    limits.head = size_t(reader.number("HTTP_MAX_HEADER_BYTES", 1024, 1024 * 1024));
    limits.target = limits.head / 2;
    limits.body = size_t(reader.number("HTTP_MAX_BODY_BYTES", 1024, 256 * 1024 * 1024));
    limits.connections = reader.number("HTTP_MAX_CONNECTIONS", 1, 1'000'000);
    limits.connectionsPerPeer = reader.number("HTTP_MAX_CONNECTIONS_PER_PEER", 1, 1'000'000);
    limits.firstByte = millis("HTTP_FIRST_BYTE_MS");
    limits.headTime = millis("HTTP_HEADER_MS");
    limits.requestTime = millis("HTTP_REQUEST_MS");
    limits.idle = millis("HTTP_IDLE_MS");
    limits.isRateLimiting = reader.flag("ENABLE_RATE_LIMITING");
    for (const QString &proxy : reader.list("TRUSTED_PROXIES")) {
        if (!isNumericAddress(proxy.section(QLatin1Char('/'), 0, 0)))
            reader.problem("TRUSTED_PROXIES",
                           QStringLiteral("must be numeric addresses or networks"));
        limits.trustedProxies.push_back(proxy.toStdString());
    }
    config.isRecording = reader.flag("RECORD_CALLS");
    config.callLimit = std::chrono::seconds(reader.number("CALL_LIMIT_SECONDS", 10, 3600));
    config.machineDetection = core::machineDetectionFromText(
                                  reader.oneOf("ANSWERING_MACHINE_DETECTION",
                                               {QStringLiteral("off"), QStringLiteral("enable"),
                                                QStringLiteral("detect_message_end")}))
                                  .value_or(config.machineDetection);
    config.hangsUpOnMachines = reader.oneOf("ANSWERING_MACHINE_ACTION",
                                            {QStringLiteral("hang_up"), QStringLiteral("go_on")})
                               == QLatin1String("hang_up");
    config.httpLoops = reader.number("HTTP_LOOPS", 1, 64);
    config.bridgeWorkers = reader.number("BRIDGE_WORKERS", 0, 64);
    if (config.bridgeWorkers == 0)
        config.bridgeWorkers = std::max(1, int(std::thread::hardware_concurrency()) - 1);
    config.storeThreads = reader.number("STORE_THREADS", 1, 64);
    config.slowThreads = reader.number("SLOW_THREADS", 1, 64);
    const QStringList levels{QStringLiteral("debug"), QStringLiteral("info"),
                             QStringLiteral("warning"), QStringLiteral("error")};
    config.logLevel =
        base::log::Level(std::max<qsizetype>(levels.indexOf(reader.oneOf("LOG_LEVEL", levels)), 0));
}

} // namespace

ConfigResult readConfig(const Variables &variables)
{
    Reader reader(variables);
    Config config;
    config.isDevelopment = reader.flag("DEVELOPMENT_MODE");
    readListening(reader, config);
    config.dataFolder = reader.text("DATA_DIR");
    if (config.dataFolder.isEmpty())
        config.dataFolder = QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation)
                            + QStringLiteral("/speech-assistant");
    config.databaseUrl = reader.text("DATABASE_URL");
    if (config.databaseUrl.isEmpty())
        config.databaseUrl =
            QDir(config.dataFolder).absoluteFilePath(QStringLiteral("speech-assistant.db"));
    readSecurity(reader, config);
    readAccounts(reader, config);
    readVendors(reader, config);
    readCalendar(reader, config);
    readPayments(reader, config);
    readLimits(reader, config);
    return {config, reader.problems()};
}

} // namespace server::app
