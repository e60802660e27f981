#include "tests/sandbox/speech_pack.h"

#include <QDataStream>
#include <QJsonArray>

using namespace Qt::StringLiterals;

namespace sandbox {

namespace {

constexpr quint32 kMagic = 0x53505031; // "SPP1"

} // namespace

QByteArray clipKey(const QString &voice, const QString &text)
{
    return voice.toUtf8() + '\n' + text.toUtf8();
}

QList<std::pair<QString, QString>> spokenLines(const QJsonObject &book)
{
    QList<std::pair<QString, QString>> lines;
    const QJsonArray dialogues = book[u"dialogues"_s].toArray();
    for (const QJsonValue dialogue : dialogues) {
        const QJsonArray turns = dialogue[u"turns"_s].toArray();
        for (const QJsonValue turn : turns) {
            for (const auto &who : {u"agent"_s, u"caller"_s}) {
                if (turn[who].isString())
                    lines.append({dialogue[who + u"_voice"_s].toString(), turn[who].toString()});
            }
            for (const QJsonValue text : turn[u"by_result"_s].toObject())
                lines.append({dialogue[u"agent_voice"_s].toString(), text.toString()});
        }
    }
    const QJsonObject fallback = book[u"fallback"_s].toObject();
    const QJsonArray voices = fallback[u"voices"_s].toArray();
    for (const QJsonValue voice : voices) {
        lines.append({voice.toString(), fallback[u"again"_s].toString()});
        lines.append({voice.toString(), fallback[u"goodbye"_s].toString()});
    }
    return lines;
}

bool writePack(QIODevice &to, const SpeechPack &pack)
{
    QDataStream out(&to);
    out.setVersion(QDataStream::Qt_6_0);
    out << kMagic << pack.dialogues << pack.clips;
    return out.status() == QDataStream::Ok;
}

std::optional<SpeechPack> readPack(QIODevice &from)
{
    QDataStream in(&from);
    in.setVersion(QDataStream::Qt_6_0);
    quint32 magic = 0;
    SpeechPack pack;
    in >> magic >> pack.dialogues >> pack.clips;
    if (magic != kMagic || in.status() != QDataStream::Ok)
        return std::nullopt;
    return pack;
}

} // namespace sandbox
