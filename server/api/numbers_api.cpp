#include "server/api/numbers_api.h"

#include "server/api/request_parts.h"
#include "server/api/schedule_api.h"
#include "server/http/body_reader.h"
#include "shared/base/log.h"

#include <QRegularExpression>

namespace server::api {

using base::Fault;
using core::PhoneNumber;
using http::BodyReader;
using http::FieldReader;
using http::Request;
using http::Response;

namespace {

constexpr http::NumberRule kLimit{.min = 1, .max = 50};
constexpr int kUsualLimit = 10;
constexpr http::TextRule kNumber{.min = 1, .max = 40};
constexpr http::TextRule kAreaCode{.min = 3, .max = 3};
constexpr http::TextRule kAccountSid{.min = 34, .max = 34};
constexpr http::TextRule kAuthToken{.min = 32, .max = 32};

/// North American, as the numbers are that we sell; empty when there is none.
QString areaCodeOf(FieldReader &fields)
{
    static const QRegularExpression form(QStringLiteral("^[2-9][0-9]{2}$"));
    const auto code = fields.optionalString("area_code", kAreaCode);
    if (code && !form.match(*code).hasMatch())
        fields.addError("area_code", QStringLiteral("Input should be an area code such as 415"));
    return code.value_or(QString());
}

std::optional<PhoneNumber> numberOf(FieldReader &fields)
{
    const auto text = fields.optionalString("phone_number", kNumber);
    if (!text)
        return std::nullopt;
    const auto number = PhoneNumber::parse(*text);
    if (number)
        return *number;
    fields.addError("phone_number", number.error().message);
    return std::nullopt;
}

QString hexOf(FieldReader &fields, const char *name, http::TextRule rule, const QString &head)
{
    QString text = fields.requiredString(name, rule);
    const QRegularExpression form(QLatin1Char('^') + head + QStringLiteral("[0-9a-f]{32}$"));
    if (fields.ok() && !form.match(text).hasMatch())
        fields.addError(name, (head.isEmpty() ? QStringLiteral("Input should be ")
                                              : QStringLiteral("Input should be %1 and ").arg(head))
                                  + QStringLiteral("32 hexadecimal digits"));
    return text;
}

/// All but the last four characters hidden.
QString masked(const QString &sid)
{
    constexpr qsizetype kShown = 4;
    return QString(std::max<qsizetype>(sid.size() - kShown, 0), QLatin1Char('*'))
           + sid.right(kShown);
}

QJsonObject capabilities(bool hasVoice, bool hasSms)
{
    return {{QStringLiteral("voice"), hasVoice}, {QStringLiteral("sms"), hasSms}};
}

QJsonObject toJson(const core::AvailableNumber &number)
{
    return {{QStringLiteral("phoneNumber"), number.e164},
            {QStringLiteral("friendlyName"), number.friendlyName},
            {QStringLiteral("locality"), number.locality},
            {QStringLiteral("region"), number.region},
            {QStringLiteral("capabilities"), capabilities(number.hasVoice, number.hasSms)}};
}

QString nameOf(const core::OwnedNumber &number)
{
    return number.friendlyName.isEmpty() ? QStringLiteral("No name set") : number.friendlyName;
}

QJsonObject toJson(const core::OwnedNumber &number)
{
    return {{QStringLiteral("sid"), number.sid},
            {QStringLiteral("phoneNumber"), number.e164},
            {QStringLiteral("friendlyName"), nameOf(number)},
            {QStringLiteral("capabilities"), capabilities(number.hasVoice, number.hasSms)},
            {QStringLiteral("dateCreated"), zonedTime(number.provisionedAt)},
            {QStringLiteral("isActive"), number.isActive}};
}

QJsonObject toJson(const core::OwnAccount &account)
{
    return {{QStringLiteral("accountSid"), masked(account.accountSid)},
            {QStringLiteral("phoneNumber"),
             account.phoneNumber.isEmpty() ? QJsonValue() : QJsonValue(account.phoneNumber)},
            {QStringLiteral("connectedAt"), zonedTime(account.connectedAt)}};
}

/// For those who share the service's number.
Response notIncluded(const core::UsageView &view)
{
    return Response::problem(403, view.catalogue->message("phone_numbers_not_included"));
}

Response done(const QString &message)
{
    return Response::json(QJsonObject{{QStringLiteral("message"), message}});
}

/// What went wrong at the phone network, said in terms of what was asked for. What our own side
/// has to say stays as it is.
Response vendorProblem(base::Error error, const QString &what, bool withWords = false)
{
    if (error.fault == Fault::Unauthenticated)
        error.fault = Fault::Upstream; // not the asker's token: the account's
    if (error.fault == Fault::Upstream || error.fault == Fault::Timeout)
        error.message = what;
    else if (error.fault == Fault::Invalid && withWords)
        error.message = what + QStringLiteral(": ") + error.cause;
    return Response::problem(error);
}

} // namespace

Response NumbersApi::account(const Request &request)
{
    const auto view = m_ports.numbers.account(userOf(request));
    if (!view)
        return vendorProblem(view.error(), QStringLiteral("Failed to fetch account information"));
    const core::NetworkAccount &account = view->account;
    return Response::json(
        QJsonObject{{QStringLiteral("accountSid"), view->isOwn ? account.sid : masked(account.sid)},
                    {QStringLiteral("balance"), account.balance},
                    {QStringLiteral("status"), account.status},
                    {QStringLiteral("currency"), account.currency}});
}

Response NumbersApi::search(const Request &request)
{
    const auto answer = [&](FieldReader &fields) {
        const QString areaCode = areaCodeOf(fields);
        const auto limit = fields.optionalInteger("limit", kLimit).value_or(kUsualLimit);
        if (!fields.ok())
            return fields.problem();
        const auto found = m_ports.numbers.search(userOf(request), areaCode, int(limit));
        if (!found)
            return vendorProblem(found.error(),
                                 QStringLiteral("Failed to search available numbers"));
        QJsonArray numbers;
        for (const core::AvailableNumber &number : *found)
            numbers.append(toJson(number));
        return Response::json(QJsonObject{{QStringLiteral("availableNumbers"), numbers}});
    };
    if (request.method == http::Method::Post) {
        BodyReader body(request);
        return answer(body);
    }
    http::QueryReader query(request);
    return answer(query);
}

Response NumbersApi::provision(const Request &request)
{
    BodyReader body(request);
    const core::NumberService::Wish wish{numberOf(body), areaCodeOf(body)};
    if (!body.ok())
        return body.problem();
    const auto view = m_ports.usage.look(userOf(request));
    if (!view)
        return Response::problem(view.error());
    const int limit = view->verdict.plan->phoneNumbers;
    if (limit == 0)
        return notIncluded(*view);
    const auto number = m_ports.numbers.provision(userOf(request), wish, limit);
    if (!number && number.error().fault == Fault::LimitReached)
        return Response::problem(
            400, view->catalogue->message("phone_number_limit",
                                          {{QStringLiteral("limit"), QString::number(limit)}}));
    if (!number)
        return vendorProblem(number.error(), QStringLiteral("Failed to provision phone number"),
                             true);
    // The step of the onboarding is done from now on, also when the number is given back.
    if (const auto settled = m_ports.wizard.progressOf(userOf(request)); !settled)
        base::log::warning("onboarding.not_settled",
                           {{QStringLiteral("cause"), settled.error().cause}});
    return Response::json(QJsonObject{
        {QStringLiteral("phoneNumber"), number->e164},
        {QStringLiteral("sid"), number->sid},
        {QStringLiteral("message"),
         QStringLiteral("Phone number %1 provisioned successfully").arg(number->e164)}});
}

Response NumbersApi::list(const Request &request)
{
    const auto numbers = m_ports.numbers.ofOwner(userOf(request));
    if (!numbers)
        return Response::problem(numbers.error());
    QJsonArray array;
    for (const core::OwnedNumber &number : *numbers)
        array.append(toJson(number));
    return Response::json(array);
}

Response NumbersApi::release(const Request &request)
{
    const auto number = PhoneNumber::parse(request.arguments.front());
    if (!number)
        return Response::problem(number.error());
    const auto released = m_ports.numbers.release(userOf(request), *number);
    if (!released)
        return vendorProblem(released.error(), QStringLiteral("Failed to release phone number"),
                             true);
    return done(QStringLiteral("Phone number %1 released successfully").arg(number->e164()));
}

Response NumbersApi::primary(const Request &request)
{
    const auto number = m_ports.numbers.primaryOf(userOf(request));
    if (!number)
        return Response::problem(number.error());
    return Response::json(QJsonObject{{QStringLiteral("phoneNumber"), number->e164},
                                      {QStringLiteral("sid"), number->sid},
                                      {QStringLiteral("friendlyName"), nameOf(*number)},
                                      {QStringLiteral("isActive"), number->isActive}});
}

Response NumbersApi::connect(const Request &request)
{
    BodyReader body(request);
    core::PhoneAccount account;
    account.sid = hexOf(body, "account_sid", kAccountSid, QStringLiteral("AC"));
    account.token = base::Secret(hexOf(body, "auth_token", kAuthToken, {}).toUtf8());
    const auto number = numberOf(body);
    if (!body.ok())
        return body.problem();
    const auto view = m_ports.usage.look(userOf(request));
    if (!view)
        return Response::problem(view.error());
    if (view->verdict.plan->phoneNumbers == 0)
        return notIncluded(*view);
    const auto own = m_ports.ownAccounts.connect(userOf(request), account, number);
    return own ? Response::json(toJson(*own))
               : vendorProblem(own.error(), QStringLiteral("Twilio could not be asked"));
}

Response NumbersApi::credentials(const Request &request) const
{
    const auto own = m_ports.ownAccounts.show(userOf(request));
    return own ? Response::json(toJson(*own)) : Response::problem(own.error());
}

Response NumbersApi::disconnect(const Request &request)
{
    const auto gone = m_ports.ownAccounts.disconnect(userOf(request));
    return gone ? done(QStringLiteral("Twilio account disconnected"))
                : Response::problem(gone.error());
}

} // namespace server::api
