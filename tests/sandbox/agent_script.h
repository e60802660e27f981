// What the model says next: it follows the dialogue that it finds itself in.
#pragma once

#include "tests/sandbox/dialogue.h"
#include "tests/sandbox/line_tags.h"
#include "tests/sandbox/speech_library.h"

#include <QJsonArray>
#include <QJsonObject>

#include <optional>

namespace sandbox {

/// The agent's side of a dialogue for one model session.
///
/// It learns which dialogue it is in from the noise of the phone line, else from the caller's
/// words, else from the instructions, and takes one in turn when nothing tells. Not thread-safe.
class AgentScript
{
public:
    struct Saying
    {
        QString text;
        QByteArray audio; ///< mu-law
        QString tool;     ///< to be called before the text is spoken; empty: none
        QString arguments;
    };

    AgentScript(DialogueBook &book, const SpeechLibrary &library, const LineTags &tags)
        : m_book(book), m_library(library), m_tags(tags)
    {
    }

    void setInstructions(const QString &instructions) { m_instructions = instructions; }
    void setTools(const QJsonArray &tools);
    /// Looks for the line's noise in what was heard; cheap once it is found.
    void listen(const QByteArray &audio);
    /// A turn of the caller: returns its words, and remembers what to answer.
    QString hear(const QByteArray &speech);
    /// What a function that was called has answered; what is said next depends on it.
    void hearResult(const QString &output);
    /// The next thing to say. A saying with a tool is followed by the same turn's words.
    Saying next();

    QString callSid() const { return m_line ? m_line->callSid : QString(); }

private:
    const Dialogue &dialogue();
    void answerTo(const SpeechLibrary::Line &line);
    std::optional<QString> argumentsOf(const Turn &turn) const;
    Saying spoken(const QString &text, const QString &voice) const;

    DialogueBook &m_book;
    const SpeechLibrary &m_library;
    const LineTags &m_tags;
    QString m_instructions;
    QStringList m_tools;
    std::optional<LineTags::Line> m_line;
    QByteArray m_unmatched; ///< audio heard before the line was known
    std::optional<Dialogue> m_dialogue;
    qsizetype m_turn = 0; ///< where the next agent turn is looked for
    bool m_misheard = false;
    QString m_pendingTool; ///< the tool of the turn that is going on
    QJsonObject m_result;  ///< of the last tool
};

} // namespace sandbox
