// Calls that live: people who talk, answer, interrupt and hang up.
#pragma once

#include "tests/console/fake_server.h"

#include <QTimer>

namespace tests {

/// Fills a FakeServer with calls in every state and keeps them moving, for pictures and for trying
/// the console out by hand. Sends tones to whoever listens: caller 440 Hz, agent 880 Hz.
class LivelyCalls final : public QObject
{
    Q_OBJECT

public:
    explicit LivelyCalls(FakeServer &server, QObject *parent = nullptr);

    void start(int count);

private:
    void addCall(int number);
    protocol::CallDetail story(qint64 id) const;
    void beat();
    void sendTones();
    void growLine();

    FakeServer &m_server;
    QTimer m_beat;
    QTimer m_sound;
    int m_beats = 0;
    std::uint32_t m_sequence = 0;
    double m_phase = 0;
};

} // namespace tests
