// Every setting of the server, read once from the environment and a .env file.
#pragma once

#include "server/core/calls/call.h"
#include "server/http/http_server.h"
#include "shared/base/log.h"
#include "shared/base/secret.h"

#include <QMap>
#include <QString>
#include <QStringList>
#include <QUrl>

#include <chrono>

namespace server::app {

struct Config
{
    bool isDevelopment = false;
    QString host;
    std::uint16_t port = 0;
    QString dataFolder;
    QString databaseUrl;
    QUrl publicUrl;
    QStringList frontendOrigins;

    base::Secret secretKey;
    bool isSecretKeyInvented =
        false; ///< development without SECRET_KEY: tokens die with the process
    base::Secret dataEncryptionKeys; ///< SecretBox::fromKeys takes them; empty: none
    bool keepsSecrets = false;       ///< false: no keys outside development
    std::chrono::minutes accessTokenLifetime{30};
    bool isRefreshStrict = false;

    bool isCaptchaOn = false;
    QString recaptchaBaseUrl;
    QString recaptchaSiteKey;
    base::Secret recaptchaSecretKey;
    QString appleBaseUrl;
    QStringList appleClientIds; ///< empty: no sign-in with Apple
    base::Secret smtpUrl;       ///< empty: no mail server
    QString mailFrom;

    QString openAiRealtimeUrl;
    QString openAiRealtimeModel;
    QString openAiTranscribeModel;
    base::Secret openAiKey;

    QString twilioBaseUrl;
    QString twilioAccountSid;
    base::Secret twilioAuthToken;
    QString twilioNumber;

    QString googleClientId; ///< empty: no calendars
    base::Secret googleClientSecret;
    QString googleRedirectUri;
    QString googleApiBaseUrl;
    QString googleOauthBaseUrl; ///< empty: Google's own hosts

    base::Secret stripeSecretKey; ///< empty: no payments through Stripe
    QString stripePublishableKey;
    QList<base::Secret> stripeWebhookSecrets;
    QString stripeBaseUrl;
    QString appStoreBundleId; ///< empty: no purchases
    bool takesAppStoreSandbox = false;
    base::Secret appStoreSharedSecret;
    QString appStoreReceiptUrl;
    QString appStoreSandboxReceiptUrl;
    QString appleRootFile; ///< empty: the built-in one

    bool isMediaOpen = false;
    bool isRecording = true; ///< our own two-channel WAV
    bool isRecordedByTwilio = true;
    QString twilioIntelligenceBaseUrl;
    QString twilioIntelligenceSid;      ///< the service that makes transcripts
    bool usesTwilioTranscripts = false; ///< ask for one of each recording
    std::chrono::seconds callLimit{3600};
    core::MachineDetection machineDetection = core::MachineDetection::Off;
    bool hangsUpOnMachines = true;

    http::Limits httpLimits;
    bool hasSecurityHeaders = true;
    QMap<QString, QString> securityHeaders; ///< name and value
    base::Secret metricsToken;

    int httpLoops = 1;
    int bridgeWorkers = 1;
    int storeThreads = 4;
    int slowThreads = 8;
    base::log::Level logLevel = base::log::Level::Info;
};

using Variables = QMap<QString, QString>;

/// A configuration, or what is wrong: one line per setting, each naming it.
struct ConfigResult
{
    Config config;
    QStringList problems;
};

/// Reads the settings from `variables`; nothing else is looked at.
ConfigResult readConfig(const Variables &variables);

/// The process's environment on top of the .env file, which may be missing. Lines of that file are
/// NAME=value, with optional quotes, `export` and # comments; anything else is a problem.
Variables environmentWith(const QString &envFile, QStringList &problems);

/// The text of .env.example.
QString exampleEnvFile();

} // namespace server::app
