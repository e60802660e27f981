#include "server/core/calendar/calendar_connections.h"

#include "shared/base/log.h"

#include <QCryptographicHash>

namespace server::core {

using base::Fault;
using base::Result;
using base::UserId;

namespace {

constexpr qint64 kConsentSeconds = 600;
constexpr qint64 kRenewedAheadSeconds = 60;
constexpr int kRefreshRounds = 3;
constexpr auto kBase64Url = QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals;

tl::unexpected<base::Error> notConnected()
{
    return base::fail(Fault::NotFound, QStringLiteral("Google Calendar not connected"));
}

/// Whoever asked us is signed in well enough: only our own access was refused.
base::Error seenFromOutside(base::Error error)
{
    if (error.fault == Fault::Unauthenticated)
        error.fault = Fault::Upstream;
    return error;
}

bool isTakenBack(const base::Error &error)
{
    return error.fault == Fault::Forbidden
           && error.message.contains(QLatin1String("invalid_grant"));
}

/// RFC 7636 4.2, S256.
QByteArray challengeOf(const QByteArray &verifier)
{
    return QCryptographicHash::hash(verifier, QCryptographicHash::Sha256).toBase64(kBase64Url);
}

} // namespace

Result<QString> CalendarConnections::beginConsent(UserId user)
{
    constexpr int verifierBytes = 32; // 43 characters, as RFC 7636 4.1 recommends
    const QDateTime now = m_ports.now();
    const OpaqueToken state = OpaqueToken::generate(m_ports.random);
    const QByteArray verifier = m_ports.random(verifierBytes).toBase64(kBase64Url);
    const PendingConsent pending{user, m_ports.box.seal(base::Secret(verifier)),
                                 now.addSecs(kConsentSeconds)};
    if (const auto added = m_ports.store.addPending(state.hash, pending, now); !added)
        return failed(added);
    return m_ports.provider.consentUrl(state.text, challengeOf(verifier));
}

Result<UserId> CalendarConnections::finishConsent(const QString &state, const QString &code)
{
    const auto pending = m_ports.store.takePending(OpaqueToken::hashOf(state));
    if (!pending)
        return failed(pending);
    if (!*pending || (*pending)->expiresAt <= m_ports.now())
        return base::fail(Fault::Invalid, QStringLiteral("Invalid state parameter"));
    const UserId user = (*pending)->user;
    const auto verifier = m_ports.box.open((*pending)->sealedVerifier);
    if (!verifier)
        return failed(verifier);
    const auto tokens = m_ports.provider.exchange(code, verifier->reveal());
    if (!tokens)
        return tl::unexpected(seenFromOutside(tokens.error()));
    StoredConsent consent;
    consent.sealedAccessToken = m_ports.box.seal(tokens->accessToken);
    if (!tokens->refreshToken.isEmpty())
        consent.sealedRefreshToken = m_ports.box.seal(tokens->refreshToken);
    consent.expiresAt = tokens->expiresAt;
    consent.timeZone = m_ports.provider.timeZone(tokens->accessToken).value_or(QString());
    consent.revision = newRevision();
    const auto connected = m_ports.store.connect(user, consent, m_ports.now());
    if (!connected)
        return failed(connected);
    if (!*connected)
        return base::fail(Fault::Upstream,
                          QStringLiteral("Google gave no lasting access. Please connect again."));
    return user;
}

Result<> CalendarConnections::dropConsent(const QString &state)
{
    const auto taken = m_ports.store.takePending(OpaqueToken::hashOf(state));
    if (!taken)
        return failed(taken);
    return {};
}

Result<> CalendarConnections::disconnect(UserId user)
{
    const auto consent = consentOf(user);
    if (!consent)
        return failed(consent);
    const auto gone = m_ports.store.disconnect(user, std::nullopt);
    if (!gone)
        return failed(gone);
    const auto token = m_ports.box.open(consent->sealedRefreshToken);
    const auto revoked = token ? m_ports.provider.revoke(*token) : failed(token);
    if (!revoked) // what the provider still holds is worth nothing without the token
        base::log::warning("calendar.not_revoked",
                           {{QStringLiteral("user"), user.value},
                            {QStringLiteral("why"), revoked.error().message}});
    return {};
}

Result<bool> CalendarConnections::isConnected(UserId user)
{
    const auto consent = m_ports.store.find(user);
    if (!consent)
        return failed(consent);
    return consent->has_value();
}

Result<QString> CalendarConnections::timeZone(UserId user)
{
    const auto consent = consentOf(user);
    if (!consent)
        return failed(consent);
    return consent->timeZone;
}

template <typename Ask>
auto CalendarConnections::ask(UserId user, Ask request)
{
    using Answer = decltype(request(base::Secret()));
    auto token = tokenFor(user);
    if (!token)
        return Answer(failed(token));
    Answer answer = request(token->access);
    if (answer || answer.error().fault != Fault::Unauthenticated)
        return answer;
    token = tokenFor(user, token->revision);
    if (!token)
        return Answer(failed(token));
    answer = request(token->access);
    if (!answer)
        return Answer(tl::unexpected(seenFromOutside(answer.error())));
    return answer;
}

Result<std::vector<CalendarEvent>> CalendarConnections::events(UserId user, const TimeRange &window,
                                                               int limit)
{
    return ask(user, [&](const base::Secret &token) {
        return m_ports.provider.events(token, window, limit);
    });
}

Result<std::vector<TimeRange>> CalendarConnections::busy(UserId user, const TimeRange &window)
{
    return ask(user,
               [&](const base::Secret &token) { return m_ports.provider.busy(token, window); });
}

Result<CalendarEvent> CalendarConnections::insert(UserId user, const NewCalendarEvent &event)
{
    return ask(user,
               [&](const base::Secret &token) { return m_ports.provider.insert(token, event); });
}

Result<std::optional<CalendarEvent>> CalendarConnections::find(UserId user, const QString &id)
{
    return ask(user, [&](const base::Secret &token) { return m_ports.provider.find(token, id); });
}

Result<StoredConsent> CalendarConnections::consentOf(UserId user)
{
    auto consent = m_ports.store.find(user);
    if (!consent)
        return failed(consent);
    if (!*consent)
        return notConnected();
    return std::move(**consent);
}

bool CalendarConnections::isGood(const StoredConsent &consent, const QString &refused) const
{
    return consent.revision != refused && consent.expiresAt.isValid()
           && consent.expiresAt > m_ports.now().addSecs(kRenewedAheadSeconds);
}

Result<CalendarConnections::Token> CalendarConnections::opened(const StoredConsent &consent) const
{
    auto access = m_ports.box.open(consent.sealedAccessToken);
    if (!access)
        return failed(access);
    return Token{std::move(*access), consent.revision};
}

Result<CalendarConnections::Token> CalendarConnections::tokenFor(UserId user,
                                                                 const QString &refused)
{
    const auto consent = consentOf(user);
    if (!consent)
        return failed(consent);
    return isGood(*consent, refused) ? opened(*consent) : renewedToken(user, refused);
}

Result<CalendarConnections::Token> CalendarConnections::renewedToken(UserId user,
                                                                     const QString &refused)
{
    const auto mutex = renewalLock(user);
    const std::lock_guard lock(*mutex);
    for (int round = 0; round < kRefreshRounds; ++round) {
        // Whoever had the lock before, or another server, may have done it.
        const auto consent = consentOf(user);
        if (!consent)
            return failed(consent);
        if (isGood(*consent, refused))
            return opened(*consent);
        auto token = renewOnce(user, *consent, refused);
        if (!token)
            return failed(token);
        if (*token)
            return std::move(**token);
    }
    return base::fail(Fault::Unavailable,
                      QStringLiteral("Access to Google Calendar could not be renewed."));
}

/// None when somebody else changed the consent meanwhile.
Result<std::optional<CalendarConnections::Token>>
CalendarConnections::renewOnce(UserId user, const StoredConsent &consent, const QString &refused)
{
    const auto refreshToken = m_ports.box.open(consent.sealedRefreshToken);
    if (!refreshToken)
        return failed(refreshToken);
    const auto fresh = m_ports.provider.refresh(*refreshToken);
    if (!fresh) {
        if (isTakenBack(fresh.error())) {
            const auto gone = m_ports.store.disconnect(user, consent.revision);
            if (!gone)
                return failed(gone);
            if (!*gone)
                return std::nullopt;
            return base::fail(Fault::Internal,
                              QStringLiteral("invalid_grant: access to Google Calendar was taken "
                                             "back. Please connect again."));
        }
        // It was renewed ahead of time, so it still serves.
        if (consent.revision != refused && consent.expiresAt > m_ports.now())
            return opened(consent);
        return tl::unexpected(seenFromOutside(fresh.error()));
    }
    StoredConsent next = consent;
    next.sealedAccessToken = m_ports.box.seal(fresh->accessToken);
    // Sealed anew either way: it may have been with an old key.
    next.sealedRefreshToken =
        m_ports.box.seal(fresh->refreshToken.isEmpty() ? *refreshToken : fresh->refreshToken);
    next.expiresAt = fresh->expiresAt;
    next.revision = newRevision();
    const auto replaced = m_ports.store.replace(user, consent.revision, next, m_ports.now());
    if (!replaced)
        return failed(replaced);
    if (!*replaced)
        return std::nullopt;
    return Token{fresh->accessToken, next.revision};
}

QString CalendarConnections::newRevision() const
{
    constexpr int bytes = 16;
    return QString::fromLatin1(m_ports.random(bytes).toHex());
}

std::shared_ptr<std::mutex> CalendarConnections::renewalLock(UserId user)
{
    const std::lock_guard lock(m_mutex);
    std::erase_if(m_renewals, [](const auto &entry) { return entry.second.expired(); });
    std::shared_ptr<std::mutex> mutex = m_renewals[user].lock();
    if (!mutex) {
        mutex = std::make_shared<std::mutex>();
        m_renewals[user] = mutex;
    }
    return mutex;
}

} // namespace server::core
