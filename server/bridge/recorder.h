// The recording of a call: a WAV file, left what the caller said, right what the caller heard.
#pragma once

#include "server/bridge/sound_track.h"
#include "shared/base/ids.h"
#include "shared/base/worker_pool.h"

#include <QByteArray>
#include <QString>

#include <memory>

namespace server::bridge {

/// Collects a second of sound at a time and has it written by the pool. The file is whole after
/// each second, so that a crash loses no more than that. What goes wrong is logged once and never
/// touches the call. One thread; the pool must outlive its tasks, not this object's file.
class Recorder
{
public:
    /// `folder` is made when it is missing.
    Recorder(const QString &folder, const QString &fileName, base::WorkerPool &files);
    ~Recorder();

    void add(SoundTrack::Leg caller, SoundTrack::Leg agent);
    /// Has the rest written.
    void finish();
    /// There was something to record.
    bool hasAudio() const { return m_hasAudio; }

private:
    class File;
    void flush();

    base::WorkerPool &m_files;
    std::shared_ptr<File> m_file;
    QByteArray m_chunk;
    bool m_hasAudio = false;
};

} // namespace server::bridge
