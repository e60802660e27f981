// Energy-based turn detection over 8 kHz mu-law.
#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <optional>

namespace sandbox {

/// Root mean square of the audio as a fraction of full scale.
double loudness(QByteArrayView mulaw);
/// Where the loudest stretch of `window` bytes begins.
qsizetype loudestAt(QByteArrayView mulaw, qsizetype window);

struct TurnDetection
{
    double threshold = 0.5; ///< 0 to 1, as the API gives it
    qint64 prefixPaddingMs = 300;
    qint64 silenceMs = 500;
};

/// Finds the beginning and the end of speech in a stream of audio.
///
/// Positions are milliseconds of all audio fed since the beginning, never wall-clock time.
/// Not thread-safe.
class VoiceActivity
{
public:
    struct Change
    {
        bool started = false;
        qint64 atMs =
            0; ///< start: with the prefix padding taken off; end: where the silence was long enough
    };

    void configure(const TurnDetection &detection) { m_detection = detection; }
    /// Feeds at most one frame of 10 ms; tells whether speech began or ended with it.
    std::optional<Change> feed(QByteArrayView frame);

    bool isSpeaking() const { return m_speaking; }
    qint64 positionMs() const { return m_bytes / 8; }
    void reset();

    static constexpr qsizetype kFrame = 80; ///< bytes in 10 ms

private:
    TurnDetection m_detection;
    qint64 m_bytes = 0;
    qint64 m_loudMs = 0;
    qint64 m_quietMs = 0;
    bool m_speaking = false;
};

} // namespace sandbox
