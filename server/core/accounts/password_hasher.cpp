#include "server/core/accounts/password_hasher.h"

#include <QList>

#include <crypt.h>
#include <sodium.h>

#include <memory>
#include <tuple>

namespace server::core {

using base::Fault;
using base::Result;

namespace {

constexpr qsizetype shortest = 8;
constexpr qsizetype longest = 1024;

bool isBcrypt(const QByteArray &hash)
{
    return hash.startsWith("$2a$") || hash.startsWith("$2b$") || hash.startsWith("$2y$");
}

bool matchesBcrypt(const QByteArray &password, const QByteArray &hash)
{
    const auto workspace = std::make_unique<crypt_data>();
    const char *computed = crypt_r(password.constData(), hash.constData(), workspace.get());
    const bool matches = computed && QByteArrayView(computed).size() == hash.size()
                         && sodium_memcmp(computed, hash.constData(), size_t(hash.size())) == 0;
    sodium_memzero(workspace.get(), sizeof(crypt_data));
    return matches;
}

/// A password that nobody can have: verifying it would only burn memory and time.
bool isImpossible(const QString &password)
{
    return password.size() > 2 * longest || password.contains(QChar(u'\0'));
}

} // namespace

PasswordHasher::Cost PasswordHasher::interactiveCost()
{
    return {crypto_pwhash_OPSLIMIT_INTERACTIVE, crypto_pwhash_MEMLIMIT_INTERACTIVE};
}

PasswordHasher::Cost PasswordHasher::minimalCost()
{
    return {crypto_pwhash_OPSLIMIT_MIN, crypto_pwhash_MEMLIMIT_MIN};
}

PasswordHasher::PasswordHasher(Cost cost) : m_cost(cost)
{
    // Picks the fast implementations; may be called any number of times and only fails without a
    // random source.
    if (sodium_init() < 0)
        qFatal("libsodium cannot be initialised");
}

std::optional<QString> PasswordHasher::objection(const QString &password)
{
    const qsizetype characters = password.toUcs4().size();
    if (characters < shortest)
        return QStringLiteral("Password must have at least %1 characters").arg(shortest);
    if (characters > longest)
        return QStringLiteral("Password must have at most %1 characters").arg(longest);
    if (password.contains(QChar(u'\0')))
        return QStringLiteral("Password must not contain a NUL character");
    return std::nullopt;
}

Result<QByteArray> PasswordHasher::hash(const QString &password) const
{
    if (const auto reason = objection(password))
        return base::fail(Fault::Unprocessable, *reason);
    const QByteArray utf8 = password.toUtf8();
    QByteArray hash(crypto_pwhash_STRBYTES, '\0');
    if (crypto_pwhash_str(hash.data(), utf8.constData(), size_t(utf8.size()), m_cost.operations,
                          m_cost.memory)
        != 0)
        return base::fail(
            Fault::Unavailable,
            QStringLiteral("The service is temporarily unavailable. Please try again."),
            QStringLiteral("not enough memory to hash a password"));
    hash.truncate(hash.indexOf('\0'));
    return hash;
}

PasswordHasher::Match PasswordHasher::verify(const QString &password, const QByteArray &hash) const
{
    if (isImpossible(password) || hash.size() >= qsizetype(crypto_pwhash_STRBYTES)) {
        pretendToVerify(QString());
        return {};
    }
    const QByteArray utf8 = password.toUtf8();
    if (isBcrypt(hash)) {
        const bool isMatch = matchesBcrypt(utf8, hash);
        return {isMatch, isMatch};
    }
    QByteArray stored(crypto_pwhash_STRBYTES, '\0'); // libsodium looks at the whole field
    stored.replace(0, hash.size(), hash);
    if (crypto_pwhash_str_verify(stored.constData(), utf8.constData(), size_t(utf8.size())) != 0)
        return {};
    return {true,
            crypto_pwhash_str_needs_rehash(stored.constData(), m_cost.operations, m_cost.memory)
                != 0};
}

void PasswordHasher::pretendToVerify(const QString &password) const
{
    const QByteArray utf8 = isImpossible(password) ? QByteArray() : password.toUtf8();
    char unused[crypto_pwhash_STRBYTES];
    // Whether it succeeds is of no interest; only its cost is.
    std::ignore = crypto_pwhash_str(unused, utf8.constData(), size_t(utf8.size()),
                                    m_cost.operations, m_cost.memory);
}

} // namespace server::core
