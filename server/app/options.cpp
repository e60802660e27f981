#include "server/app/options.h"

#include <QDir>
#include <QFileInfo>

namespace server::app {

core::AccountService::Options accountOptions(const Config &config)
{
    core::AccountService::Options options;
    options.refreshMode =
        config.isRefreshStrict ? core::RefreshMode::Strict : core::RefreshMode::Lenient;
    return options;
}

core::PasswordService::Options passwordOptions(const Config &config)
{
    core::PasswordService::Options options;
    // The web app's page; the first origin is its main one.
    options.resetPage = config.frontendOrigins.value(0, config.publicUrl.toString())
                        + QStringLiteral("/reset-password");
    return options;
}

core::SecretBox secretBox(const Config &config)
{
    if (config.dataEncryptionKeys.isEmpty())
        return core::SecretBox::derivedFrom(config.secretKey);
    return core::SecretBox::fromKeys(config.dataEncryptionKeys).value();
}

QString recordingsFolder(const Config &config)
{
    return QDir(config.dataFolder).absoluteFilePath(QStringLiteral("recordings"));
}

bool deleteRecording(const Config &config, const QString &file)
{
    // Names come from our own rows; one that points elsewhere is none of a recording.
    return QFileInfo(file).fileName() == file && QDir(recordingsFolder(config)).remove(file);
}

core::CallSettings callSettings(const Config &config)
{
    core::CallSettings settings;
    settings.publicUrl = config.publicUrl;
    settings.ownNumber = config.twilioNumber;
    settings.durationLimit = config.callLimit;
    settings.isRecordedByNetwork = config.isRecordedByTwilio;
    settings.usesOwnNumbers = !config.isDevelopment;
    settings.machineDetection = config.machineDetection;
    settings.hangsUpOnMachines = config.hangsUpOnMachines;
    return settings;
}

api::PhoneSignature::Settings phoneSettings(const Config &config)
{
    using Policy = api::PhoneSignature::Policy;
    return {config.publicUrl,
            config.twilioAuthToken.isEmpty() ? Policy::Unavailable : Policy::Required,
            config.isMediaOpen};
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
        settings.recordingsFolder = recordingsFolder(config);
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

} // namespace server::app
