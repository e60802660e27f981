// The person on the phone: listens, speaks, interrupts, presses keys, hangs up.
#pragma once

#include "tests/sandbox/dialogue.h"
#include "tests/sandbox/speech_library.h"

#include <QByteArray>

#include <chrono>

namespace sandbox {

/// Plays the caller's side of a dialogue in frames of 20 ms.
///
/// A state machine without clock or socket: one call of next() is 20 ms of the call.
class Caller
{
public:
    struct Manners
    {
        std::chrono::milliseconds gap{700}; ///< silence after which the other side has finished
        std::chrono::milliseconds patience{
            7000}; ///< silence after which the caller goes on regardless
    };
    struct Action
    {
        QByteArray frame; ///< 160 bytes of speech; empty while the caller is quiet
        QString digit;    ///< a key pressed in this frame
        bool hangUp = false;
    };

    Caller(const Dialogue &dialogue, const SpeechLibrary &library, Manners manners);

    /// `agentIsLoud`: does the caller hear the agent in these 20 ms?
    Action next(bool agentIsLoud);

    bool isSpeaking() const { return m_position < m_clip.size(); }
    /// What the caller is saying or has said last.
    const QString &words() const { return m_words; }

private:
    void listen(bool agentIsLoud);
    bool mayGoOn() const;
    void beginTurn();
    Action speak();
    Action pressKey();

    QList<Turn> m_turns; ///< the caller's only
    QList<QByteArray> m_clips;
    bool m_hangsUp;
    Manners m_manners;
    qsizetype m_turn = 0;
    QByteArray m_clip;
    qsizetype m_position = 0;
    QString m_words;
    QString m_keys;
    int m_framesToKey = 0;
    std::chrono::milliseconds m_sinceAgentBegan{0};
    std::chrono::milliseconds m_quiet{0};
    bool m_agentSpoke = false;
};

} // namespace sandbox
