// Every setting that the console remembers, and under which key. Tokens are not among them.
#pragma once

#include <QByteArray>
#include <QSettings>
#include <QString>

namespace console::app {

/// Typed access to QSettings. Each setting is one line here. GUI thread.
class Settings
{
public:
    /// `store` must outlive it.
    explicit Settings(QSettings &store) : m_store(store) {}

    QString server() const { return text("sign-in/server"); }
    void setServer(const QString &server) { set("sign-in/server", server); }
    QString email() const { return text("sign-in/email"); }
    void setEmail(const QString &email) { set("sign-in/email", email); }

    QByteArray windowGeometry() const { return bytes("window/geometry"); }
    void setWindowGeometry(const QByteArray &state) { set("window/geometry", state); }
    QByteArray livePageRows() const { return bytes("live-page/rows"); }
    void setLivePageRows(const QByteArray &state) { set("live-page/rows", state); }
    QByteArray livePageColumns() const { return bytes("live-page/columns"); }
    void setLivePageColumns(const QByteArray &state) { set("live-page/columns", state); }

private:
    QString text(const char *key) const;
    QByteArray bytes(const char *key) const;
    void set(const char *key, const QVariant &value);

    QSettings &m_store;
};

} // namespace console::app
