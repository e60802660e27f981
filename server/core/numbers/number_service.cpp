#include "server/core/numbers/number_service.h"

#include "shared/base/log.h"

#include <QUuid>

#include <algorithm>

namespace server::core {

using base::Fault;
using base::Result;
using base::UserId;

namespace {

const QString kMarkerHead = QStringLiteral("Speech Assistant ");
// Of several requests for the first number of an area only one gets it; the others take the next.
constexpr int kCandidates = 10;
// Longer than all requests of a purchase can take together.
constexpr std::chrono::minutes kPurchaseLasts{5};

QString newMarker()
{
    return kMarkerHead + QUuid::createUuid().toString(QUuid::Id128);
}

/// What people are shown instead of a marker.
QString nameOf(const NetworkNumber &number)
{
    if (!number.friendlyName.startsWith(kMarkerHead))
        return number.friendlyName;
    const auto parsed = PhoneNumber::parse(number.e164);
    return parsed ? parsed->national() : number.e164;
}

/// True when the phone network has said no, so that nothing was bought.
bool isRefusal(const base::Error &error)
{
    return error.fault == Fault::Invalid || error.fault == Fault::Unauthenticated
           || error.fault == Fault::Unavailable;
}

void complain(const char *event, const base::Error &error)
{
    base::log::warning(
        event, {{QStringLiteral("why"), error.message}, {QStringLiteral("cause"), error.cause}});
}

} // namespace

Result<NumberService::AccountView> NumberService::account(UserId user)
{
    const auto account = m_ports.accounts.ofUser(user);
    if (!account)
        return failed(account);
    auto seen = m_ports.market.lookWithBalance(*account);
    if (!seen)
        return failed(seen);
    return AccountView{std::move(*seen), account->sid != m_ports.accounts.service().sid};
}

Result<std::vector<AvailableNumber>> NumberService::search(UserId user, const QString &areaCode,
                                                           int limit)
{
    const auto account = m_ports.accounts.ofUser(user);
    if (!account)
        return failed(account);
    return m_ports.market.search(*account, areaCode, limit);
}

Result<OwnedNumber> NumberService::provision(UserId user, const Wish &wish, int limit)
{
    const auto account = m_ports.accounts.ofUser(user);
    if (!account)
        return failed(account);
    const NumberPurchase purchase{newMarker(), user, account->sid, m_ports.now()};
    const QDateTime aliveSince =
        purchase.begunAt.addSecs(-std::chrono::seconds(kPurchaseLasts).count());
    if (const auto begun = m_ports.store.beginPurchase(purchase, limit, aliveSince); !begun)
        return failed(begun);
    auto bought = buy(user, *account, wish, purchase.marker);
    if (bought)
        base::log::info("number.provisioned",
                        {{QStringLiteral("user"), user.value},
                         {QStringLiteral("number"), base::log::maskedPhone(bought->e164)}});
    return bought;
}

Result<OwnedNumber> NumberService::buy(UserId user, const PhoneAccount &account, const Wish &wish,
                                       const QString &marker)
{
    const auto nothingBought = [&](const base::Error &error) {
        if (const auto ended = m_ports.store.endPurchase(marker); !ended)
            complain("number.purchase_not_ended", ended.error());
        return tl::unexpected<base::Error>(error);
    };
    std::vector<QString> candidates;
    if (wish.number) {
        candidates.push_back(wish.number->e164());
    } else {
        const auto found = m_ports.market.search(account, wish.areaCode, kCandidates);
        if (!found)
            return nothingBought(found.error());
        for (const AvailableNumber &number : *found)
            candidates.push_back(number.e164);
    }
    const auto number = buyOneOf(account, candidates, marker);
    if (!number && (isRefusal(number.error()) || number.error().fault == Fault::NotFound))
        return nothingBought(number.error());

    if (!number) {
        // Nobody knows. Where it was bought it goes back; what is only bought after this look, or
        // cannot be looked for now, is left to heal().
        const auto undone = releaseNamed(account, marker);
        return undone && *undone ? nothingBought(number.error()) : failed(number);
    }
    auto recorded = m_ports.store.completePurchase(marker, {.owner = user,
                                                            .e164 = number->e164,
                                                            .sid = number->sid,
                                                            .friendlyName = nameOf(*number),
                                                            .provisionedAt = m_ports.now(),
                                                            .hasVoice = number->hasVoice,
                                                            .hasSms = number->hasSms,
                                                            .accountSid = account.sid});
    if (recorded)
        return recorded;
    complain("number.not_recorded", recorded.error());
    const auto released = m_ports.market.release(account, number->sid);
    return released ? nothingBought(recorded.error()) : failed(recorded);
}

Result<NetworkNumber> NumberService::buyOneOf(const PhoneAccount &account,
                                              const std::vector<QString> &candidates,
                                              const QString &marker)
{
    Result<NetworkNumber> bought =
        base::fail(Fault::NotFound, QStringLiteral("No phone number is available there"));
    for (const QString &candidate : candidates) {
        bought = m_ports.market.buy(account, candidate, marker);
        if (bought || bought.error().fault != Fault::Invalid)
            break;
    }
    return bought;
}

Result<bool> NumberService::releaseNamed(const PhoneAccount &account, const QString &marker)
{
    const auto numbers = m_ports.market.named(account, marker);
    if (!numbers)
        return failed(numbers);
    for (const NetworkNumber &number : *numbers) {
        if (const auto released = m_ports.market.release(account, number.sid); !released)
            return failed(released);
    }
    return !numbers->empty();
}

Result<std::vector<OwnedNumber>> NumberService::ofOwner(UserId user)
{
    auto known = m_ports.store.ofOwner(user);
    if (!known)
        return known;
    std::vector<OwnedNumber> numbers;
    for (OwnedNumber &number : *known) {
        const auto account = m_ports.accounts.ofNumber(number.e164);
        const auto live = account ? m_ports.market.find(*account, number.sid)
                                  : Result<std::optional<NetworkNumber>>(failed(account));
        if (live && !*live) {
            if (const auto gone = m_ports.store.deactivate(user, number.e164); !gone)
                return failed(gone);
            continue;
        }
        if (live) {
            number.friendlyName = nameOf(**live);
            number.provisionedAt = (*live)->createdAt;
            number.hasVoice = (*live)->hasVoice;
            number.hasSms = (*live)->hasSms;
        } else {
            complain("number.shown_as_stored", live.error());
        }
        numbers.push_back(std::move(number));
    }
    return numbers;
}

Result<OwnedNumber> NumberService::primaryOf(UserId user)
{
    auto number = m_ports.store.primaryOf(user);
    if (!number)
        return failed(number);
    if (!*number)
        return base::fail(
            Fault::NotFound,
            QStringLiteral("No phone number available. Please provision a phone number first."));
    return std::move(**number);
}

Result<> NumberService::release(UserId user, const PhoneNumber &number)
{
    const auto numbers = m_ports.store.ofOwner(user);
    if (!numbers)
        return failed(numbers);
    const auto owned = std::find_if(numbers->begin(), numbers->end(), [&](const OwnedNumber &one) {
        return one.e164 == number.e164();
    });
    if (owned == numbers->end())
        return base::fail(Fault::NotFound, QStringLiteral("Phone number not found"));
    const auto account = m_ports.accounts.ofNumber(owned->e164);
    if (!account)
        return failed(account);
    if (auto released = m_ports.market.release(*account, owned->sid); !released)
        return released;
    if (const auto gone = m_ports.store.deactivate(user, owned->e164); !gone)
        return failed(gone);
    base::log::info("number.released", {{QStringLiteral("user"), user.value},
                                        {QStringLiteral("number"), number.masked()}});
    return {};
}

Result<> NumberService::undoAbandoned(const NumberPurchase &purchase)
{
    const auto account = m_ports.accounts.find(purchase.user, purchase.accountSid);
    if (!account)
        return failed(account);
    if (*account) { // nobody can reach into one that its user has taken back
        if (const auto released = releaseNamed(**account, purchase.marker); !released)
            return failed(released);
    }
    return m_ports.store.endPurchase(purchase.marker);
}

Result<> NumberService::releaseOrphan(const OwnedNumber &number)
{
    const PhoneAccount &service = m_ports.accounts.service();
    if (number.isActive && number.accountSid == service.sid) {
        if (auto released = m_ports.market.release(service, number.sid); !released)
            return released;
    }
    return m_ports.store.forget(number.id);
}

Result<int> NumberService::heal()
{
    const QDateTime before = m_ports.now().addSecs(-std::chrono::seconds(kPurchaseLasts).count());
    const auto purchases = m_ports.store.giveUpPurchases(before);
    if (!purchases)
        return failed(purchases);
    const auto orphans = m_ports.store.orphans();
    if (!orphans)
        return failed(orphans);
    int done = 0;
    const auto note = [&done](const Result<> &outcome) {
        if (outcome)
            ++done;
        else
            complain("number.not_healed", outcome.error()); // there is a next time
    };
    for (const NumberPurchase &purchase : *purchases)
        note(undoAbandoned(purchase));
    for (const OwnedNumber &number : *orphans)
        note(releaseOrphan(number));
    return done;
}

} // namespace server::core
