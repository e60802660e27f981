// Whether the desktop prefers dark.
#pragma once

#include <QDBusVariant>
#include <QObject>

#include <optional>

namespace console::app {

/// Asks the desktop portal for `org.freedesktop.appearance color-scheme` (XDG Desktop Portal,
/// "Settings") and follows its changes. Asynchronous; without a portal it stays silent and the
/// platform's palette decides. GUI thread.
class SystemScheme final : public QObject
{
    Q_OBJECT

public:
    explicit SystemScheme(QObject *parent = nullptr);

    void start();
    /// Nothing while unknown, or when the desktop has no preference.
    std::optional<bool> prefersDark() const { return m_prefersDark; }

signals:
    void changed();

private slots:
    void onSettingChanged(const QString &group, const QString &key, const QDBusVariant &value);

private:
    void take(const QVariant &value);

    std::optional<bool> m_prefersDark;
};

} // namespace console::app
