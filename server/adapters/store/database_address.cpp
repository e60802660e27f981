#include "server/adapters/store/database_address.h"

#include <QDir>
#include <QUrl>
#include <QUrlQuery>

#include <algorithm>
#include <array>

namespace server::store {

using base::Fault;
using base::Result;

namespace {

/// libpq's parameter words that make sense here; the rest of the address is in the URL itself.
constexpr std::array<QLatin1String, 14> passedOn{
    QLatin1String("sslmode"),          QLatin1String("sslrootcert"),
    QLatin1String("sslcert"),          QLatin1String("sslkey"),
    QLatin1String("sslcrl"),           QLatin1String("channel_binding"),
    QLatin1String("connect_timeout"),  QLatin1String("options"),
    QLatin1String("application_name"), QLatin1String("keepalives"),
    QLatin1String("keepalives_idle"),  QLatin1String("keepalives_interval"),
    QLatin1String("keepalives_count"), QLatin1String("target_session_attrs")};

QString quoted(QString value)
{
    value.replace(QLatin1Char('\\'), QLatin1String("\\\\"))
        .replace(QLatin1Char('\''), QLatin1String("\\'"));
    return QLatin1Char('\'') + value + QLatin1Char('\'');
}

Result<> applyParameter(DatabaseAddress &address, const QString &key, const QString &value)
{
    if (key == QLatin1String("host")) {
        address.host = value;
        return {};
    }
    if (key == QLatin1String("port")) {
        bool isNumber = false;
        address.port = value.toInt(&isNumber);
        if (!isNumber || address.port < 1 || address.port > 65535)
            return base::fail(Fault::Invalid,
                              QStringLiteral("The database URL has a port that is none."));
        return {};
    }
    if (std::find(passedOn.begin(), passedOn.end(), key) == passedOn.end())
        return base::fail(Fault::Invalid,
                          QStringLiteral("The database URL has an unknown parameter: %1").arg(key));
    // The driver separates its options by semicolons and knows no escape for one.
    if (value.contains(QLatin1Char(';')))
        return base::fail(
            Fault::Invalid,
            QStringLiteral("The database URL's parameter %1 must not contain ';'").arg(key));
    address.options += key + QLatin1Char('=') + quoted(value) + QLatin1Char(';');
    return {};
}

Result<DatabaseAddress> parsePostgres(const QString &text)
{
    const QUrl url(text, QUrl::StrictMode);
    if (!url.isValid())
        return base::fail(Fault::Invalid,
                          QStringLiteral("The database URL cannot be read; are special characters "
                                         "in the password percent-encoded?"));
    DatabaseAddress address;
    address.dialect = Dialect::PostgreSql;
    address.host = url.host(QUrl::FullyDecoded);
    address.port = url.port();
    address.user = url.userName(QUrl::FullyDecoded);
    address.password = base::Secret(url.password(QUrl::FullyDecoded).toUtf8());
    address.name = url.path(QUrl::FullyDecoded).mid(1);
    if (address.name.isEmpty())
        return base::fail(Fault::Invalid, QStringLiteral("The database URL names no database."));

    const auto items = QUrlQuery(url).queryItems(QUrl::FullyDecoded);
    for (const auto &[key, value] : items) {
        if (const auto applied = applyParameter(address, key, value); !applied)
            return failed(applied);
    }
    if (!address.options.contains(QLatin1String("connect_timeout=")))
        address.options += QLatin1String("connect_timeout='5';");
    return address;
}

Result<DatabaseAddress> parseSqlite(const QString &path)
{
    if (path.isEmpty() || path.contains(QLatin1String(":memory:")))
        return base::fail(
            Fault::Invalid,
            QStringLiteral("The database must be a file: every thread opens its own connection."));
    DatabaseAddress address;
    address.dialect = Dialect::Sqlite;
    address.name = QDir::cleanPath(path);
    return address;
}

} // namespace

Result<DatabaseAddress> DatabaseAddress::parse(const QString &url)
{
    const qsizetype colon = url.indexOf(QLatin1String(":/"));
    if (colon < 0)
        return parseSqlite(url);

    // "postgresql+asyncpg" and its like name a Python driver behind the plus; the database is the
    // same.
    const QString scheme = url.left(colon).section(QLatin1Char('+'), 0, 0).toLower();
    const QString rest = url.mid(colon);
    if (scheme == QLatin1String("postgresql") || scheme == QLatin1String("postgres"))
        return parsePostgres(scheme + rest);
    if (scheme != QLatin1String("sqlite") || !rest.startsWith(QLatin1String(":///")))
        return base::fail(Fault::Invalid,
                          QStringLiteral("The database URL must begin with postgresql:// or "
                                         "sqlite:///, or be the path of a file."));
    const QString path = QUrl::fromPercentEncoding(rest.mid(3).toUtf8());
    return parseSqlite(path.startsWith(QLatin1String("/./")) ? path.mid(1) : path);
}

QString DatabaseAddress::toDisplay() const
{
    if (dialect == Dialect::Sqlite)
        return QStringLiteral("sqlite://") + name;
    return QStringLiteral("postgresql://%1/%2").arg(host, name);
}

} // namespace server::store
