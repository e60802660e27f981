#include "server/adapters/store/user_lock.h"

namespace server::store {

namespace {

const Sql kLockUserRow(QStringLiteral("SELECT id FROM users WHERE id = ? FOR NO KEY UPDATE"),
                       QStringLiteral("SELECT id FROM users WHERE id = ?"));

} // namespace

base::Result<Rows> lockUser(Session &session, base::UserId user)
{
    return session.execute(kLockUserRow, {user.value});
}

} // namespace server::store
