// One line of gate_rows.txt.
#pragma once

#include "server/core/usage/gate.h"

#include <QHash>
#include <QList>

namespace tests {

using Words = QHash<QString, QString>; ///< "name=value" words; a word without a value is its own

struct GateRow
{
    QString name;
    server::core::Standing standing; ///< at the time of arrival
    QDateTime at;
    bool isLook = false;
    QDateTime givenBackAt; ///< invalid: not given back
    QString status;
    Words verdict;
    Words after;
};

/// Midnight, UTC.
extern const QDateTime kArrival;

/// The rows of the file, or nothing when a line cannot be read; `complaint` then says which.
QList<GateRow> readGateRows(const QString &file, QString &complaint);

/// The counters that are not zero, in the file's words.
Words countersOf(const server::core::Standing &standing);

/// "7d00:00:00" after the arrival.
QDateTime timeOf(const QString &text);

} // namespace tests
