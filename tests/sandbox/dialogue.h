// What is said on a call: lines of the agent and of the caller, in turn.
#pragma once

#include "shared/base/result.h"

#include <QJsonObject>
#include <QList>
#include <QMap>
#include <QString>
#include <QStringList>

#include <chrono>
#include <optional>

namespace sandbox {

struct Turn
{
    QString agent;  ///< what the agent says; empty in a caller's turn
    QString caller; ///< what the caller says; empty in an agent's turn
    /// The caller starts this long after the agent began to speak instead of waiting for its end.
    std::optional<std::chrono::milliseconds> interruptAfter;
    QString dtmf; ///< keys pressed after the caller's words
    QString tool; ///< the agent calls this function before it speaks
    /// May hold {tomorrow}, a date, and {suggested_start} and {suggested_end}, which the function's
    /// last answer suggested; when it did not, the function is not called.
    QJsonObject toolArguments;
    QMap<QString, QString> byResult; ///< said instead of `agent`, by the answer's status

    bool isCaller() const { return agent.isEmpty(); }
};

struct Dialogue
{
    QString name;
    QString scenario;     ///< the last path segment of a stream URL that chooses it
    QStringList keywords; ///< words in the model's instructions that choose it
    QString agentVoice;
    QString callerVoice;
    QList<Turn> turns;
    bool callerHangsUp =
        true; ///< after the last turn; otherwise the caller stays until the other side ends
};

Dialogue dialogueFromJson(const QJsonObject &json);

/// All dialogues, and the choice between them.
class DialogueBook
{
public:
    static base::Result<DialogueBook> parse(const QByteArray &json);

    const Dialogue *byName(const QString &name) const;
    const Dialogue *byScenario(const QString &scenario) const;
    /// The dialogue with the most keywords in the model's instructions.
    const Dialogue *byInstructions(const QString &instructions) const;
    /// The next talking dialogue in turn; REQUIRES: the book is not empty.
    const Dialogue &next();
    const Dialogue *withCallerLine(const QString &voice, const QString &text) const;

    void add(const Dialogue &dialogue) { m_dialogues.prepend(dialogue); }
    const QList<Dialogue> &all() const { return m_dialogues; }
    const QString &again() const { return m_again; }
    const QString &goodbye() const { return m_goodbye; }

private:
    QList<Dialogue> m_dialogues;
    QString m_again;
    QString m_goodbye;
    qsizetype m_next = 0;
};

} // namespace sandbox
