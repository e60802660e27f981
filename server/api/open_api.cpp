#include "server/api/open_api.h"

#include "server/api/json_values.h"

#include <QDir>
#include <QJsonDocument>
#include <QJsonObject>

namespace server::api {

namespace {

const QString kFolder = QStringLiteral(":/api/openapi");

QJsonObject read(const QString &name)
{
    QFile file(kFolder + QLatin1Char('/') + name);
    return file.open(QIODevice::ReadOnly) ? QJsonDocument::fromJson(file.readAll()).object()
                                          : QJsonObject();
}

} // namespace

QByteArray openApiDocument()
{
    const QString base = QStringLiteral("base.json");
    QJsonObject document = read(base);
    QJsonObject components = document.value(QLatin1String("components")).toObject();
    QJsonObject schemas = components.value(QLatin1String("schemas")).toObject();
    QJsonObject paths;
    for (const QString &name : QDir(kFolder).entryList(QDir::Files, QDir::Name)) {
        if (name == base)
            continue;
        const QJsonObject part = read(name);
        add(paths, part.value(QLatin1String("paths")).toObject());
        add(schemas, part.value(QLatin1String("components"))
                         .toObject()
                         .value(QLatin1String("schemas"))
                         .toObject());
    }
    components.insert(QStringLiteral("schemas"), schemas);
    document.insert(QStringLiteral("paths"), paths);
    document.insert(QStringLiteral("components"), components);
    return QJsonDocument(document).toJson(QJsonDocument::Compact);
}

} // namespace server::api
