// One table for tests of the database itself, which know no noun of the product.
#pragma once

#include "tests/server/adapters/store/store_backends.h"

namespace tests {

inline const server::store::Sql createNotes(
    QStringLiteral("CREATE TABLE notes (id bigint PRIMARY KEY, body text NOT NULL, at timestamptz, "
                   "data bytea, flag boolean, price numeric(18, 2), ratio double precision)"),
    QStringLiteral("CREATE TABLE notes (id bigint PRIMARY KEY, body text NOT NULL, at text, "
                   "data blob, flag boolean, price text, ratio double precision)"));
inline const server::store::Sql
    insertNote(QStringLiteral("INSERT INTO notes (id, body) VALUES (?, ?)"));
inline const server::store::Sql countNotes(QStringLiteral("SELECT count(*) FROM notes"));

/// PostgreSQL does not prepare statements of this kind.
inline bool makeNotes(server::store::Session session)
{
    return bool(session.transaction([](server::store::Session &within) {
        return within.executeScript(createNotes.text(within.dialect()));
    }));
}

/// How many there are, or -1.
inline qint64 notes(server::store::Session session)
{
    const auto rows = session.execute(countNotes);
    return rows ? rows->first().integer(0) : -1;
}

} // namespace tests

/// Declares `name` as a scratch database of the current row's kind with an empty table of notes.
#define NOTES_DATABASE(name)                                                                       \
    SCRATCH_DATABASE(name, tests::ScratchDatabase::Schema::None);                                  \
    QVERIFY(tests::makeNotes((name)->database().session()))
