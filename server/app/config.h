// Every setting of the server, read once from the environment and a .env file.
#pragma once

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

    bool isMediaOpen = false;
    bool isRecording = true; ///< our own two-channel WAV
    bool isRecordedByTwilio = true;
    std::chrono::seconds callLimit{3600};

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
