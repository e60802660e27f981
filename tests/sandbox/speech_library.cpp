#include "tests/sandbox/speech_library.h"

#include "tests/sandbox/voice_activity.h"

#include <QFile>

#include <cstring>

using namespace Qt::StringLiterals;

namespace sandbox {

namespace {

constexpr qsizetype kPrintBytes = 40; // 5 ms of loud speech
constexpr qsizetype kStep = 2000;     // one fingerprint in each quarter of a second
constexpr double kLoudEnough = 0.05;

quint64 firstEight(const char *data)
{
    quint64 value = 0;
    std::memcpy(&value, data, sizeof value);
    return value;
}

} // namespace

base::Result<SpeechLibrary> SpeechLibrary::load(const QString &path)
{
    QFile file(path.isEmpty() ? QStringLiteral(SANDBOX_SPEECH_PACK) : path);
    if (!file.open(QIODevice::ReadOnly))
        return base::fail(base::Fault::NotFound,
                          u"cannot read the speech in %1"_s.arg(file.fileName()));
    auto pack = readPack(file);
    if (!pack)
        return base::fail(base::Fault::Invalid, u"%1 is not a speech pack"_s.arg(file.fileName()));
    SpeechLibrary library;
    library.m_pack = std::move(*pack);
    for (auto clip = library.m_pack.clips.cbegin(); clip != library.m_pack.clips.cend(); ++clip) {
        for (qsizetype from = 0; from + kStep <= clip->size(); from += kStep) {
            const QByteArray stretch = clip->mid(from, kStep);
            const QByteArray print = stretch.mid(loudestAt(stretch, kPrintBytes), kPrintBytes);
            if (loudness(print) > kLoudEnough)
                library.m_prints[firstEight(print.constData())].append({print, clip.key()});
        }
    }
    return library;
}

QByteArray SpeechLibrary::clip(const QString &voice, const QString &text) const
{
    return m_pack.clips.value(clipKey(voice, text));
}

std::optional<SpeechLibrary::Line> SpeechLibrary::recognise(const QByteArray &audio) const
{
    for (qsizetype at = 0; at + kPrintBytes <= audio.size(); ++at) {
        const auto candidates = m_prints.constFind(firstEight(audio.constData() + at));
        if (candidates == m_prints.cend())
            continue;
        for (const Print &print : *candidates) {
            if (QByteArrayView(audio).sliced(at, kPrintBytes) != QByteArrayView(print.bytes))
                continue;
            const auto split = print.key.indexOf('\n');
            return Line{QString::fromUtf8(print.key.first(split)),
                        QString::fromUtf8(print.key.sliced(split + 1))};
        }
    }
    return std::nullopt;
}

} // namespace sandbox
