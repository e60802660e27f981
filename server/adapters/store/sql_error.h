// What a database's error code means to us. Internal to this room.
#pragma once

#include "server/adapters/store/sql.h"
#include "shared/base/result.h"

#include <QSqlError>

namespace server::store {

struct SqlFailure
{
    base::Error error;
    bool isLost = false;   ///< the connection is gone
    bool mayRetry = false; ///< the server asks for the transaction to be run again
};

SqlFailure classify(const QSqlError &error, Dialect dialect);

} // namespace server::store
