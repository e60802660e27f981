// Build tool: speaks every line of dialogues.json and writes one pack of 8 kHz mu-law clips.
//
// Usage: sandbox_make_speech dialogues.json speech.pack
// espeak-ng speaks, sox turns it into telephone audio. Inner pauses are shortened to a quarter of a
// second, so that one line is one turn for every turn detection.
#include "tests/sandbox/speech_pack.h"

#include <QCoreApplication>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QProcess>
#include <QSaveFile>

#include <cstdio>
#include <optional>

using namespace Qt::StringLiterals;

namespace {

std::optional<QByteArray> speak(const QJsonObject &voice, const QString &text)
{
    QProcess espeak, sox;
    espeak.setStandardOutputProcess(&sox);
    espeak.start(u"espeak-ng"_s,
                 {u"-v"_s, voice[u"espeak"_s].toString(), u"-p"_s,
                  QString::number(voice[u"pitch"_s].toInt(50)), u"-s"_s,
                  QString::number(voice[u"speed"_s].toInt(165)), u"-z"_s, u"--stdout"_s, text});
    sox.start(u"sox"_s, u"-q -D -t wav - -r 8000 -c 1 -e mu-law -t raw - highpass 180 norm -5 "
                        "silence -l 1 0.02 0.6% -1 0.25 0.6%"_s.split(u' '));
    const bool spoken = espeak.waitForFinished(30000) && espeak.exitCode() == 0;
    const bool shaped = sox.waitForFinished(30000) && sox.exitCode() == 0;
    const QByteArray audio = sox.readAllStandardOutput();
    if (!spoken || !shaped || audio.size() < 800)
        return std::nullopt;
    return audio;
}

bool speakAll(const QJsonObject &book, sandbox::SpeechPack &pack)
{
    const QJsonObject voices = book[u"voices"_s].toObject();
    for (const auto &[voice, text] : sandbox::spokenLines(book)) {
        if (!voices.contains(voice)) {
            std::fprintf(stderr, "dialogues.json: no voice \"%s\"\n", qPrintable(voice));
            return false;
        }
        const QByteArray key = sandbox::clipKey(voice, text);
        if (pack.clips.contains(key))
            continue;
        const auto audio = speak(voices[voice].toObject(), text);
        if (!audio) {
            std::fprintf(stderr, "cannot speak \"%s\" (are espeak-ng and sox installed?)\n",
                         qPrintable(text));
            return false;
        }
        pack.clips.insert(key, *audio);
    }
    return true;
}

} // namespace

int main(int argc, char **argv)
{
    const QCoreApplication application(argc, argv);
    if (argc != 3) {
        std::fputs("usage: sandbox_make_speech dialogues.json speech.pack\n", stderr);
        return 2;
    }
    QFile source(QFile::decodeName(argv[1]));
    if (!source.open(QIODevice::ReadOnly)) {
        std::fprintf(stderr, "cannot read %s\n", argv[1]);
        return 1;
    }
    sandbox::SpeechPack pack;
    pack.dialogues = source.readAll();
    QJsonParseError problem;
    const auto book = QJsonDocument::fromJson(pack.dialogues, &problem);
    if (!book.isObject()) {
        std::fprintf(stderr, "%s: %s\n", argv[1], qPrintable(problem.errorString()));
        return 1;
    }
    if (!speakAll(book.object(), pack))
        return 1;
    QSaveFile target(QFile::decodeName(argv[2]));
    if (!target.open(QIODevice::WriteOnly) || !sandbox::writePack(target, pack)
        || !target.commit()) {
        std::fprintf(stderr, "cannot write %s\n", argv[2]);
        return 1;
    }
    return 0;
}
