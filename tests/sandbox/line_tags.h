// How the voice model knows on which phone line it is: every line has its own noise.
#pragma once

#include <QByteArray>
#include <QHash>
#include <QString>

#include <optional>

namespace sandbox {

/// Gives each media stream 20 ms of inaudible noise that no other stream has, and finds it again.
///
/// Why it exists: the two vendors know nothing of each other, but a lively demo wants answers that
/// fit the caller. The noise travels through the server under test like any audio, so no side
/// channel is needed; a server that alters audio merely gets less fitting answers.
class LineTags
{
public:
    struct Line
    {
        QString callSid;
        QString dialogue;
    };

    /// One frame of 160 bytes, to be repeated while the caller is quiet.
    QByteArray issue(const Line &line);
    std::optional<Line> find(const QByteArray &heard) const;

private:
    QHash<QByteArray, Line> m_lines; ///< by the first bytes of the noise
};

} // namespace sandbox
