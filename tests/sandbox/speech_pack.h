// The file the build makes from dialogues.json: the dialogues and one mu-law clip per spoken line.
#pragma once

#include <QByteArray>
#include <QIODevice>
#include <QJsonObject>
#include <QList>
#include <QMap>
#include <QString>

#include <optional>
#include <utility>

namespace sandbox {

struct SpeechPack
{
    QByteArray dialogues;               ///< dialogues.json as it was spoken
    QMap<QByteArray, QByteArray> clips; ///< by clipKey(): 8 kHz mu-law mono, no header
};

QByteArray clipKey(const QString &voice, const QString &text);

/// Every (voice, text) that the dialogues need.
QList<std::pair<QString, QString>> spokenLines(const QJsonObject &book);

bool writePack(QIODevice &to, const SpeechPack &pack);
std::optional<SpeechPack> readPack(QIODevice &from);

} // namespace sandbox
