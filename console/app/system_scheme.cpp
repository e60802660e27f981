#include "console/app/system_scheme.h"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>

namespace console::app {

namespace {

QString service()
{
    return QStringLiteral("org.freedesktop.portal.Desktop");
}
QString path()
{
    return QStringLiteral("/org/freedesktop/portal/desktop");
}
QString interface()
{
    return QStringLiteral("org.freedesktop.portal.Settings");
}
QString group()
{
    return QStringLiteral("org.freedesktop.appearance");
}
QString key()
{
    return QStringLiteral("color-scheme");
}

} // namespace

SystemScheme::SystemScheme(QObject *parent) : QObject(parent) {}

void SystemScheme::start()
{
    QDBusConnection bus = QDBusConnection::sessionBus();
    if (!bus.isConnected())
        return;
    bus.connect(service(), path(), interface(), QStringLiteral("SettingChanged"), this,
                SLOT(onSettingChanged(QString, QString, QDBusVariant)));
    QDBusMessage question =
        QDBusMessage::createMethodCall(service(), path(), interface(), QStringLiteral("Read"));
    question << group() << key();
    auto *watcher = new QDBusPendingCallWatcher(bus.asyncCall(question), this);
    connect(watcher, &QDBusPendingCallWatcher::finished, this, [this, watcher] {
        const QDBusPendingReply<QVariant> reply = *watcher;
        if (!reply.isError())
            take(reply.value());
        watcher->deleteLater();
    });
}

void SystemScheme::onSettingChanged(const QString &changedGroup, const QString &changedKey,
                                    const QDBusVariant &value)
{
    if (changedGroup == group() && changedKey == key())
        take(value.variant());
}

void SystemScheme::take(const QVariant &value)
{
    // Read() wraps its variant in another one.
    QVariant inner = value;
    while (inner.canConvert<QDBusVariant>())
        inner = inner.value<QDBusVariant>().variant();
    const uint scheme = inner.toUInt(); // 0 no preference, 1 dark, 2 light
    const auto before = m_prefersDark;
    m_prefersDark = scheme == 1   ? std::optional(true)
                    : scheme == 2 ? std::optional(false)
                                  : std::nullopt;
    if (before != m_prefersDark)
        emit changed();
}

} // namespace console::app
