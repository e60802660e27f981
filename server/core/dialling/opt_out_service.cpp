#include "server/core/dialling/opt_out_service.h"

#include "server/core/numbers/phone_number.h"
#include "shared/base/log.h"

namespace server::core {

using base::Fault;
using base::Result;

QString optOutFarewell()
{
    return QStringLiteral("(They have asked not to be called again, and they will not be. Confirm "
                          "that in one short sentence, say goodbye, and say nothing else.)");
}

Result<> OptOutService::byCallee(const QString &phoneNumber, base::CallId call, OptOutWay way) const
{
    const auto added = m_ports.store.add({0, phoneNumber, m_ports.now(), way, call, {}}, {});
    if (!added)
        return failed(added);
    if (*added)
        base::log::info("number.opted_out", {{QStringLiteral("call"), call.value},
                                             {QStringLiteral("way"), toText(way)}});
    return {};
}

Result<OptOut> OptOutService::add(base::UserId actor, const QString &phoneNumber,
                                  const QString &note, const QString &requestId) const
{
    const auto number = PhoneNumber::parse(phoneNumber);
    if (!number)
        return failed(number);
    const QDateTime now = m_ports.now();
    const auto added = m_ports.store.add(
        {0, number->e164(), now, OptOutWay::Staff, {}, note},
        AuditEntry{now, actor, QStringLiteral("opt_out.added"), {}, {}, requestId});
    if (!added)
        return failed(added);
    if (!*added)
        return base::fail(Fault::Conflict, QStringLiteral("This number has opted out already"));
    auto optOut = m_ports.store.find(number->e164());
    if (!optOut)
        return failed(optOut);
    if (!*optOut)
        return base::fail(Fault::NotFound, QStringLiteral("This number has not opted out"));
    return std::move(**optOut);
}

Result<> OptOutService::remove(base::UserId actor, const QString &phoneNumber,
                               const QString &requestId) const
{
    const auto number = PhoneNumber::parse(phoneNumber);
    const auto removed =
        number ? m_ports.store.remove(
            number->e164(),
            AuditEntry{m_ports.now(), actor, QStringLiteral("opt_out.removed"), {}, {}, requestId})
               : Result<bool>(false);
    if (!removed)
        return failed(removed);
    return *removed ? Result<>()
                    : base::fail(Fault::NotFound, QStringLiteral("This number has not opted out"));
}

} // namespace server::core
