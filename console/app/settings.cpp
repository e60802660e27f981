#include "console/app/settings.h"

namespace console::app {

QString Settings::text(const char *key) const
{
    return m_store.value(QLatin1String(key)).toString();
}

QByteArray Settings::bytes(const char *key) const
{
    return m_store.value(QLatin1String(key)).toByteArray();
}

void Settings::set(const char *key, const QVariant &value)
{
    m_store.setValue(QLatin1String(key), value);
}

} // namespace console::app
