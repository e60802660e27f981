#include "server/adapters/store/key_rotation.h"

#include "server/adapters/store/database.h"

namespace server::store {

using base::Result;

namespace {

constexpr int kRowsAtOnce = 500;

/// The statements of one table.
class Rotation
{
public:
    Rotation(Session session, const core::SecretBox &box, const SealedColumns &columns)
        : m_session(session),
          m_box(box),
          m_select(QStringLiteral("SELECT %1, %2 FROM %3 WHERE %1 > ? ORDER BY %1 LIMIT %4")
                       .arg(columns.id, columns.columns.join(QStringLiteral(", ")), columns.table)
                       .arg(kRowsAtOnce))
    {
        m_rotated.table = columns.table;
        for (const QString &column : columns.columns)
            m_updates.emplace_back(QStringLiteral("UPDATE %1 SET %2 = ? WHERE %3 = ? AND %2 = ?")
                                       .arg(columns.table, column, columns.id));
    }

    Result<Rotated> run()
    {
        for (qint64 last = 0;;) {
            const auto rows = m_session.execute(m_select, {last});
            if (!rows)
                return failed(rows);
            for (const Row &row : *rows) {
                last = row.integer(0);
                if (const auto renewed = renewRow(row); !renewed)
                    return failed(renewed);
            }
            if (rows->rows.size() < size_t(kRowsAtOnce))
                return m_rotated;
        }
    }

private:
    Result<> renewRow(const Row &row)
    {
        for (size_t i = 0; i < m_updates.size(); ++i) {
            const QString sealed = row.text(int(i) + 1);
            if (sealed.isEmpty())
                continue;
            ++m_rotated.sealed;
            if (!m_box.isStale(sealed))
                continue;
            const auto secret = m_box.open(sealed);
            if (!secret) {
                ++m_rotated.unreadable;
                continue;
            }
            const auto updated =
                m_session.execute(m_updates[i], {m_box.seal(*secret), row.integer(0), sealed});
            if (!updated)
                return failed(updated);
            m_rotated.renewed += updated->affected;
        }
        return {};
    }

    Session m_session;
    const core::SecretBox &m_box;
    const Sql m_select;
    std::vector<Sql> m_updates;
    Rotated m_rotated;
};

} // namespace

const std::vector<SealedColumns> &sealedColumns()
{
    static const std::vector<SealedColumns> all{
        {QStringLiteral("provider_credentials"),
         QStringLiteral("id"),
         {QStringLiteral("auth_token")}},
        {QStringLiteral("google_calendar_credentials"),
         QStringLiteral("user_id"),
         {QStringLiteral("token"), QStringLiteral("refresh_token")}},
    };
    return all;
}

Result<std::vector<Rotated>> rotateKeys(Database &database, const core::SecretBox &box,
                                        const std::vector<SealedColumns> &all)
{
    std::vector<Rotated> rotated;
    for (const SealedColumns &columns : all) {
        auto one = Rotation(database.session(), box, columns).run();
        if (!one)
            return failed(one);
        rotated.push_back(std::move(*one));
    }
    return rotated;
}

} // namespace server::store
