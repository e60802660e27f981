// Plays the call that is listened to.
#pragma once

#include "console/audio/listen_device.h"
#include "console/audio/listen_queue.h"

#include <QAudioSink>
#include <QMediaDevices>
#include <QObject>

#include <memory>
#include <optional>

namespace console::audio {

/// Owns the audio sink while somebody listens: caller left, agent right. GUI thread; frames are
/// 20 ms and decoding them is cheap. Without a device, or when it fails, says so through failed()
/// and stays stopped; the next start() tries again. Follows a change of the default device.
class ListenPlayer final : public QObject
{
    Q_OBJECT

public:
    explicit ListenPlayer(QObject *parent = nullptr);
    ~ListenPlayer() override;

    void start();
    void stop();
    bool isPlaying() const { return m_sink != nullptr; }

    void push(const protocol::ListenFrame &frame);

signals:
    void failed(const QString &message);

private:
    void onStateChanged(QAudio::State state);
    void onDevicesChanged();

    QMediaDevices m_devices;
    QByteArray m_deviceId;
    ListenQueue m_queue;
    std::unique_ptr<ListenDevice> m_source;
    std::unique_ptr<QAudioSink> m_sink;
};

/// The format to play in: 8 kHz stereo Int16 where the device takes it, else its preferred rate.
/// Nothing when it takes no stereo we can make.
std::optional<QAudioFormat> listenFormat(const QAudioDevice &device);

} // namespace console::audio
