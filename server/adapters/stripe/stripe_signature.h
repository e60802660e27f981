// Stripe-Signature (Stripe, "Verify webhook signatures manually").
#pragma once

#include "shared/base/secret.h"

#include <QByteArray>
#include <QDateTime>
#include <QList>

namespace server::stripe {

/// Tells whether an event comes from Stripe. Pure; thread-safe.
class StripeSignature
{
public:
    /// Several secrets while one takes the other's place. None: nothing is valid.
    explicit StripeSignature(QList<base::Secret> secrets) : m_secrets(std::move(secrets)) {}

    bool hasSecrets() const { return !m_secrets.isEmpty(); }
    /// `text` is "t=seconds,v1=hex,..."; one v1 that is the HMAC-SHA256 of "t.body" under one of
    /// the secrets is enough, and t may be 300 s from `now`.
    bool isValid(const QByteArray &text, const QByteArray &body, const QDateTime &now) const;

private:
    const QList<base::Secret> m_secrets;
};

} // namespace server::stripe
