// What goes into a statement and what comes out of it.
#pragma once

#include "shared/base/result.h"

#include <QByteArray>
#include <QDateTime>
#include <QString>
#include <QVariantList>

#include <optional>
#include <vector>

namespace server::store {

enum class Dialect { PostgreSql, Sqlite };

/// One statement: a single text where the dialects agree, two named variants where they do not.
/// Placeholders are `?`, in order. (So PostgreSQL's `?` operators are out of reach: use
/// jsonb_exists() and friends.) Keep statements as constants: the text is the key of the cache of
/// prepared statements.
class Sql
{
public:
    Sql(QString both) : m_postgres(both), m_sqlite(std::move(both)) {}
    Sql(QString postgres, QString sqlite)
        : m_postgres(std::move(postgres)), m_sqlite(std::move(sqlite))
    {
    }

    const QString &text(Dialect dialect) const
    {
        return dialect == Dialect::PostgreSql ? m_postgres : m_sqlite;
    }

private:
    QString m_postgres;
    QString m_sqlite;
};

/// NULL for the empty text.
inline QVariant textOrNull(const QString &text)
{
    return text.isEmpty() ? QVariant() : QVariant(text);
}

/// One row of an answer, read by position in the order of the SELECT list.
/// REQUIRES: the position exists; reading beyond the row is a mistake in our own statement.
class Row
{
public:
    explicit Row(QVariantList values) : m_values(std::move(values)) {}

    bool isNull(int column) const { return m_values.at(column).isNull(); }
    qint64 integer(int column) const { return m_values.at(column).toLongLong(); }
    bool boolean(int column) const { return m_values.at(column).toBool(); }
    double real(int column) const { return m_values.at(column).toDouble(); }
    QString text(int column) const { return m_values.at(column).toString(); }
    QByteArray bytes(int column) const { return m_values.at(column).toByteArray(); }
    /// In UTC; an invalid QDateTime for NULL.
    QDateTime time(int column) const { return m_values.at(column).toDateTime().toUTC(); }
    std::optional<qint64> optionalInteger(int column) const
    {
        return isNull(column) ? std::nullopt : std::optional<qint64>(integer(column));
    }
    int columns() const { return int(m_values.size()); }

private:
    QVariantList m_values;
};

/// The whole answer of a statement.
struct Rows
{
    std::vector<Row> rows;
    int affected = 0; ///< rows written by INSERT, UPDATE or DELETE

    bool isEmpty() const { return rows.empty(); }
    const Row &first() const { return rows.front(); }
    auto begin() const { return rows.begin(); }
    auto end() const { return rows.end(); }

    /// Every row through a mapper: `rows.map(toAccount)`.
    template <typename Mapper>
    auto map(Mapper mapper) const
    {
        std::vector<decltype(mapper(rows.front()))> mapped;
        mapped.reserve(rows.size());
        for (const Row &row : rows)
            mapped.push_back(mapper(row));
        return mapped;
    }

    /// The first row through a mapper, or nothing.
    template <typename Mapper>
    auto firstAs(Mapper mapper) const -> std::optional<decltype(mapper(rows.front()))>
    {
        if (rows.empty())
            return std::nullopt;
        return mapper(rows.front());
    }
};

/// The outcome of a statement whose rows nobody wants.
inline base::Result<> ignoreRows(const base::Result<Rows> &rows)
{
    if (!rows)
        return base::failed(rows);
    return {};
}

/// An optional value as a parameter: NULL when there is none.
template <typename T>
QVariant orNull(const std::optional<T> &value)
{
    return value ? QVariant::fromValue(*value) : QVariant();
}

} // namespace server::store
