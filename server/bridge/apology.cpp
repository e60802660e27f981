#include "server/bridge/apology.h"

#include <QFile>

/// A static library's resources must be asked for; the macro works outside of namespaces only.
static void initResources()
{
    Q_INIT_RESOURCE(bridge_audio);
}

namespace server::bridge {

QByteArray apology()
{
    static const QByteArray clip = [] {
        initResources();
        QFile file(QStringLiteral(":/audio/apology.ulaw"));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }();
    return clip;
}

} // namespace server::bridge
