#include "server/core/dialling/calling_tables.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

// Outside any namespace, as the macro demands: a static library's resources are not found by
// themselves.
static void initialiseResources()
{
    Q_INIT_RESOURCE(core_dialling);
}

namespace server::core {

using base::Result;

namespace {

QByteArray contentOf(const char *name)
{
    QFile file(QStringLiteral(":/calling/%1.json").arg(QLatin1String(name)));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

Result<CallingTables> CallingTables::builtin()
{
    initialiseResources();
    auto places = NumberPlaces::load(contentOf("areas"));
    if (!places)
        return failed(places);
    auto phrases = OptOutPhrases::load(contentOf("opt_out_phrases"));
    if (!phrases)
        return failed(phrases);
    QSet<QString> disclosure;
    const QJsonArray names = QJsonDocument::fromJson(contentOf("disclosure"))
                                 .object()
                                 .value(QLatin1String("places"))
                                 .toArray();
    for (const auto &name : names)
        disclosure.insert(name.toString());
    return CallingTables{std::move(*places), std::move(disclosure), std::move(*phrases)};
}

} // namespace server::core
