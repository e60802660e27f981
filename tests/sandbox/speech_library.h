// The spoken clips, and recognising them again.
#pragma once

#include "shared/base/result.h"
#include "tests/sandbox/speech_pack.h"

#include <QHash>
#include <QList>

#include <optional>

namespace sandbox {

/// Every clip the build has spoken.
///
/// Recognising compares bytes: a clip that was carried unchanged is found by a short, loud and
/// therefore unique stretch of it; audio that was recoded on its way is not.
class SpeechLibrary
{
public:
    struct Line
    {
        QString voice;
        QString text;
    };

    /// Loads the pack made by the build, or the given file.
    static base::Result<SpeechLibrary> load(const QString &path = {});

    /// Empty when nobody has spoken this line.
    QByteArray clip(const QString &voice, const QString &text) const;
    std::optional<Line> recognise(const QByteArray &audio) const;
    const QByteArray &dialogues() const { return m_pack.dialogues; }

private:
    struct Print
    {
        QByteArray bytes;
        QByteArray key;
    };

    SpeechPack m_pack;
    QHash<quint64, QList<Print>> m_prints; ///< by the first eight bytes
};

} // namespace sandbox
