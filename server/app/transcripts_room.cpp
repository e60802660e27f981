#include "server/app/transcripts_room.h"

#include "server/app/options.h"
#include "shared/base/log.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QRandomGenerator>

namespace server::app {

namespace {

constexpr base::Millis kJobsEvery{1'000};
constexpr base::Millis kExpiryEvery{10 * 60'000};
constexpr qint64 kLargestRecording = 64LL * 1024 * 1024; // an hour of two channels is 58 MB

base::Result<QByteArray> readRecording(const QString &folder, const QString &name)
{
    // Names come from our own rows; one that points elsewhere is none of a recording.
    QFile file(QDir(folder).absoluteFilePath(name));
    if (name.isEmpty() || QFileInfo(name).fileName() != name || file.size() > kLargestRecording
        || !file.open(QIODevice::ReadOnly))
        return base::fail(base::Fault::NotFound, QStringLiteral("Recording not found"));
    return file.readAll();
}

double randomShare()
{
    return QRandomGenerator::system()->generateDouble();
}

template <typename T>
void logFailure(const char *event, const base::Result<T> &result)
{
    if (!result)
        base::log::warning(event, {{QStringLiteral("why"), result.error().message},
                                   {QStringLiteral("cause"), result.error().cause}});
}

} // namespace

TranscriptsRoom::TranscriptsRoom(const Config &config, const Surroundings &around)
    : m_storeLane(around.storeLane),
      m_wantsVendorTranscripts(config.usesTwilioTranscripts),
      m_words(around.database),
      m_jobStore(around.database),
      m_vendor({config.twilioIntelligenceBaseUrl, config.twilioAccountSid, config.twilioAuthToken},
               config.twilioIntelligenceSid, around.web),
      m_recordings(around.rest, around.accounts),
      m_service({around.transcripts, m_words, m_vendor, base::utcNow}),
      m_jobs({m_jobStore, m_service, m_vendor, m_recordings, base::utcNow, randomShare}),
      m_retention({m_words, around.usage, around.plans, around.sweepFiles, base::utcNow}),
      m_api({m_service, around.calls,
             [folder = recordingsFolder(config)](const QString &name) {
                 return readRecording(folder, name);
             },
             around.sweepFiles}),
      m_callbacks(m_jobs, around.transcripts, around.signature),
      m_jobRound(around.loop, around.slowLane, kJobsEvery,
                 [this] { logFailure("transcripts.jobs_not_done", m_jobs.doDue()); }),
      m_expiryRound(around.loop, around.slowLane, kExpiryEvery,
                    [this] { logFailure("transcripts.not_expired", m_retention.run()); })
{
}

void TranscriptsRoom::recordingReady(const core::Call &call, const QString &recordingSid)
{
    if (!m_wantsVendorTranscripts)
        return;
    m_storeLane.submitAlways([this, call, recordingSid] {
        logFailure("transcripts.not_asked_for", m_jobs.recordingReady(call, recordingSid));
    });
}

void TranscriptsRoom::begin()
{
    m_jobRound.begin();
    m_expiryRound.begin();
}

} // namespace server::app
