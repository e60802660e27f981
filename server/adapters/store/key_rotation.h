// Seals anew what was sealed with an older key.
#pragma once

#include "server/core/secrets/secret_box.h"

#include <QStringList>

#include <vector>

namespace server::store {

class Database;

/// Columns that hold sealed texts; NULL and empty ones hold none.
struct SealedColumns
{
    QString table;
    QString id; ///< a unique column of whole numbers above 0
    QStringList columns;
};

/// Every such column of our schema. A new one is added here.
const std::vector<SealedColumns> &sealedColumns();

struct Rotated
{
    QString table;
    int sealed = 0;     ///< texts that were looked at
    int renewed = 0;    ///< of those, sealed anew
    int unreadable = 0; ///< of those, left as they are: no key opens them
};

/// Row after row, while servers may be running: a text that somebody changes meanwhile is left to
/// them. Blocks for as long as that takes.
base::Result<std::vector<Rotated>> rotateKeys(Database &database, const core::SecretBox &box,
                                              const std::vector<SealedColumns> &all);

} // namespace server::store
