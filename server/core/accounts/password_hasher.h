// Passwords: argon2id for new ones, bcrypt for those brought along.
#pragma once

#include "shared/base/result.h"

#include <QByteArray>
#include <QString>

#include <optional>

namespace server::core {

/// Hashes and checks passwords. Immutable, any thread; each call costs about 64 MiB and 50 to 100
/// ms with the default cost, which is the point: call it on the slow lane.
class PasswordHasher
{
public:
    struct Cost
    {
        unsigned long long operations;
        size_t memory; ///< bytes
    };
    /// libsodium's INTERACTIVE limits: what its authors advise for on-line sign-in.
    static Cost interactiveCost();
    /// The least that libsodium allows; for tests.
    static Cost minimalCost();

    struct Match
    {
        bool isMatch = false;
        bool needsRehash = false; ///< right, but hashed by an older rule
    };

    explicit PasswordHasher(Cost cost = interactiveCost());

    /// Why a new password cannot be taken, as a sentence for its owner; nothing when it can.
    static std::optional<QString> objection(const QString &password);

    /// Fault::Unprocessable with the objection; Fault::Unavailable when memory is short.
    base::Result<QByteArray> hash(const QString &password) const;
    /// Knows argon2id and bcrypt ($2a$, $2b$, $2y$). A hash it cannot read matches nothing.
    Match verify(const QString &password, const QByteArray &hash) const;
    /// Takes as long as verify() would, so that an unknown user cannot be told by the clock.
    void pretendToVerify(const QString &password) const;

private:
    const Cost m_cost;
};

} // namespace server::core
