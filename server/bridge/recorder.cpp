#include "server/bridge/recorder.h"

#include "shared/audio/wav.h"
#include "shared/base/log.h"

#include <QDir>
#include <QFile>
#include <QJsonObject>

#include <mutex>
#include <vector>

namespace server::bridge {

namespace {

constexpr int kChannels = 2;
constexpr qsizetype kChunkBytes = qsizetype(audio::kSampleRate) * kChannels; ///< one second
constexpr size_t kMostWaiting = 60; ///< chunks: a disk a minute behind is broken

} // namespace

/// The file, shared with the pool's tasks. Chunks keep their order, whichever thread writes them.
class Recorder::File
{
public:
    File(QString folder, const QString &name)
        : m_folder(std::move(folder)), m_file(m_folder + QLatin1Char('/') + name)
    {
    }

    /// True when a task must be started to write.
    bool queue(QByteArray chunk)
    {
        const std::lock_guard lock(m_mutex);
        if (m_waiting.size() < kMostWaiting)
            m_waiting.push_back(std::move(chunk));
        return !m_isBusy && (m_isBusy = true);
    }

    /// No task could be started; the next chunk tries again.
    void notStarted()
    {
        const std::lock_guard lock(m_mutex);
        m_isBusy = false;
    }

    void writeAll()
    {
        for (;;) {
            std::vector<QByteArray> chunks;
            {
                const std::lock_guard lock(m_mutex);
                chunks.swap(m_waiting);
                m_isBusy = !chunks.empty();
            }
            if (chunks.empty())
                return;
            for (const QByteArray &chunk : chunks)
                write(chunk);
        }
    }

private:
    void write(const QByteArray &chunk)
    {
        if (m_hasFailed)
            return;
        const bool isOpen =
            m_file.isOpen() || (QDir().mkpath(m_folder) && m_file.open(QIODevice::WriteOnly));
        m_bytes += chunk.size();
        const QByteArray head = audio::mulawWavHeader(kChannels, std::uint32_t(m_bytes));
        const bool isWritten = isOpen && m_file.seek(0) && m_file.write(head) == head.size()
                               && m_file.seek(head.size() + m_bytes - chunk.size())
                               && m_file.write(chunk) == chunk.size() && m_file.flush();
        if (isWritten)
            return;
        m_hasFailed = true;
        base::log::error("recording.failed", {{QStringLiteral("file"), m_file.fileName()},
                                              {QStringLiteral("why"), m_file.errorString()}});
    }

    std::mutex m_mutex;
    std::vector<QByteArray> m_waiting; ///< guarded by m_mutex
    bool m_isBusy = false;             ///< guarded by m_mutex: a task writes or is about to

    // Touched by the one busy task only.
    const QString m_folder;
    QFile m_file;
    qint64 m_bytes = 0;
    bool m_hasFailed = false;
};

Recorder::Recorder(const QString &folder, const QString &fileName, base::WorkerPool &files)
    : m_files(files), m_file(std::make_shared<File>(folder, fileName))
{
    m_chunk.reserve(kChunkBytes + qsizetype(kChannels) * audio::kFrameBytes);
}

Recorder::~Recorder()
{
    finish();
}

void Recorder::add(SoundTrack::Leg caller, SoundTrack::Leg agent)
{
    for (size_t i = 0; i < caller.size(); ++i) {
        m_chunk.append(char(caller[i]));
        m_chunk.append(char(agent[i]));
    }
    if (m_chunk.size() >= kChunkBytes)
        flush();
}

void Recorder::flush()
{
    m_hasAudio = true;
    // A copy, so that our own buffer keeps its room.
    const bool mustStart = m_file->queue(QByteArray(m_chunk.constData(), m_chunk.size()));
    if (mustStart && !m_files.submit([file = m_file] { file->writeAll(); }))
        m_file->notStarted();
    m_chunk.resize(0);
}

void Recorder::finish()
{
    if (!m_file)
        return;
    m_hasAudio = m_hasAudio || !m_chunk.isEmpty();
    if (m_hasAudio && m_file->queue(m_chunk))
        m_files.submitAlways([file = m_file] { file->writeAll(); });
    m_file = nullptr;
}

} // namespace server::bridge
