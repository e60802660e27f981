#include "console/audio/listen_player.h"

#include <QAudioDevice>

namespace console::audio {

namespace {

/// What the sink holds; the jitter buffer comes on top.
constexpr qint64 kSinkMicroseconds = 80000;

} // namespace

std::optional<QAudioFormat> listenFormat(const QAudioDevice &device)
{
    QAudioFormat format;
    format.setSampleRate(::audio::kSampleRate);
    format.setChannelCount(ListenQueue::kChannels);
    format.setSampleFormat(QAudioFormat::Int16);
    if (device.isFormatSupported(format))
        return format;
    format.setSampleRate(device.preferredFormat().sampleRate());
    for (const auto sample : {QAudioFormat::Int16, QAudioFormat::Float}) {
        format.setSampleFormat(sample);
        if (format.isValid() && device.isFormatSupported(format))
            return format;
    }
    return std::nullopt;
}

ListenPlayer::ListenPlayer(QObject *parent) : QObject(parent)
{
    connect(&m_devices, &QMediaDevices::audioOutputsChanged, this, &ListenPlayer::onDevicesChanged);
}

ListenPlayer::~ListenPlayer()
{
    stop();
}

void ListenPlayer::start()
{
    stop();
    const QAudioDevice device = QMediaDevices::defaultAudioOutput();
    const auto format = device.isNull() ? std::nullopt : listenFormat(device);
    if (!format) {
        emit failed(device.isNull()
                        ? tr("This computer has no sound output, so the call cannot be heard.")
                        : tr("The sound output cannot play stereo."));
        return;
    }
    m_deviceId = device.id();
    m_queue.clear();
    m_source = std::make_unique<ListenDevice>(m_queue, *format);
    m_sink = std::make_unique<QAudioSink>(device, *format);
    m_sink->setBufferSize(format->bytesForDuration(kSinkMicroseconds));
    // Queued: a sink must not be destroyed inside its own signal.
    connect(m_sink.get(), &QAudioSink::stateChanged, this, &ListenPlayer::onStateChanged,
            Qt::QueuedConnection);
    m_sink->start(m_source.get());
    if (m_sink->error() != QAudio::NoError && m_sink->error() != QAudio::UnderrunError)
        onStateChanged(QAudio::StoppedState);
}

void ListenPlayer::stop()
{
    if (m_sink) {
        m_sink->disconnect(this);
        m_sink->stop();
    }
    m_sink.reset();
    m_source.reset();
    m_queue.clear();
}

void ListenPlayer::push(const protocol::ListenFrame &frame)
{
    if (m_sink)
        m_queue.push(frame);
}

void ListenPlayer::onStateChanged(QAudio::State state)
{
    if (!m_sink || state != QAudio::StoppedState)
        return;
    const auto error = m_sink->error();
    if (error == QAudio::NoError)
        return;
    stop();
    emit failed(tr("The sound output stopped working, so the call cannot be heard."));
}

void ListenPlayer::onDevicesChanged()
{
    if (m_sink && QMediaDevices::defaultAudioOutput().id() != m_deviceId)
        start();
}

} // namespace console::audio
