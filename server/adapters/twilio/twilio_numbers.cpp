#include "server/adapters/twilio/twilio_numbers.h"

#include "server/adapters/twilio/twilio_answer.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace server::twilio {

using base::Fault;
using base::Result;
using core::AvailableNumber;
using core::NetworkAccount;
using core::NetworkNumber;
using core::PhoneAccount;

namespace {

const QString kNumbers = QStringLiteral("/IncomingPhoneNumbers");
const QString kNumberList = kNumbers + QStringLiteral(".json");

/// The object of a 2xx answer.
Result<QJsonObject> objectOf(const Result<web::HttpAnswer> &answer)
{
    if (!answer)
        return failed(answer);
    if (const auto checked = checkAccountAnswer(*answer, QStringLiteral("No such phone number"));
        !checked)
        return failed(checked);
    const QJsonDocument document = QJsonDocument::fromJson(answer->body);
    if (!document.isObject())
        return base::fail(Fault::Upstream, QStringLiteral("The phone service makes no sense"),
                          QStringLiteral("no JSON object"));
    return document.object();
}

/// The capital form stands in older answers.
bool can(const QJsonObject &object, const char *capability)
{
    const QJsonObject all = object.value(QLatin1String("capabilities")).toObject();
    const QString name = QLatin1String(capability);
    return all.value(name).toBool() || all.value(name.toUpper()).toBool();
}

NetworkNumber toNumber(const QJsonObject &object)
{
    return {textIn(object, "sid"),
            textIn(object, "phone_number"),
            textIn(object, "friendly_name"),
            QDateTime::fromString(textIn(object, "date_created"), Qt::RFC2822Date).toUTC(),
            can(object, "voice"),
            can(object, "sms")};
}

/// `sid` is from our own tables or from Twilio, but a path is a path.
QString pathOf(const QString &sid)
{
    return kNumbers + QLatin1Char('/') + QString::fromLatin1(QUrl::toPercentEncoding(sid))
           + QStringLiteral(".json");
}

} // namespace

QString TwilioNumbers::ours(const char *path) const
{
    QUrl url = m_publicUrl;
    url.setPath(url.path() + QLatin1String(path));
    return url.toString(QUrl::FullyEncoded);
}

Result<NetworkAccount> TwilioNumbers::look(const PhoneAccount &account)
{
    const auto object = objectOf(m_rest.get(account, QStringLiteral(".json")));
    if (!object)
        return failed(object);
    return NetworkAccount{textIn(*object, "sid"), textIn(*object, "status"), {}, {}};
}

Result<NetworkAccount> TwilioNumbers::lookWithBalance(const PhoneAccount &account)
{
    auto seen = look(account);
    if (!seen)
        return seen;
    const auto object = objectOf(m_rest.get(account, QStringLiteral("/Balance.json")));
    if (!object)
        return failed(object);
    seen->balance = textIn(*object, "balance");
    seen->currency = textIn(*object, "currency");
    return seen;
}

Result<std::vector<AvailableNumber>> TwilioNumbers::search(const PhoneAccount &account,
                                                           const QString &areaCode, int limit)
{
    web::Form query{{QStringLiteral("VoiceEnabled"), QStringLiteral("true")},
                    {QStringLiteral("SmsEnabled"), QStringLiteral("true")},
                    {QStringLiteral("PageSize"), QString::number(limit)}};
    if (!areaCode.isEmpty())
        query.append({QStringLiteral("AreaCode"), areaCode});
    const auto object = objectOf(
        m_rest.get(account, QStringLiteral("/AvailablePhoneNumbers/US/Local.json"), query));
    if (!object)
        return failed(object);
    std::vector<AvailableNumber> numbers;
    for (const auto &value : object->value(QLatin1String("available_phone_numbers")).toArray()) {
        const QJsonObject one = value.toObject();
        if (numbers.size() < size_t(limit))
            numbers.push_back({textIn(one, "phone_number"), textIn(one, "friendly_name"),
                               textIn(one, "locality"), textIn(one, "region"), can(one, "voice"),
                               can(one, "sms")});
    }
    return numbers;
}

Result<NetworkNumber> TwilioNumbers::buy(const PhoneAccount &account, const QString &e164,
                                         const QString &name)
{
    const QString post = QStringLiteral("POST");
    const auto object =
        objectOf(m_rest.post(account, kNumberList,
                             {{QStringLiteral("PhoneNumber"), e164},
                              {QStringLiteral("FriendlyName"), name},
                              {QStringLiteral("VoiceUrl"), ours("/incoming-call/default")},
                              {QStringLiteral("VoiceMethod"), post},
                              {QStringLiteral("StatusCallback"), ours("/twilio-callback")},
                              {QStringLiteral("StatusCallbackMethod"), post}}));
    // A number that cannot be found cannot be had.
    if (!object && object.error().fault == Fault::NotFound)
        return base::fail(Fault::Invalid, object.error().cause, object.error().cause);
    if (!object)
        return failed(object);
    NetworkNumber bought = toNumber(*object);
    if (bought.sid.isEmpty() || bought.e164.isEmpty())
        return base::fail(Fault::Upstream, QStringLiteral("The phone service makes no sense"),
                          QStringLiteral("a number without sid"));
    return bought;
}

Result<> TwilioNumbers::release(const PhoneAccount &account, const QString &sid)
{
    const auto answer = m_rest.remove(account, pathOf(sid));
    if (!answer)
        return failed(answer);
    const auto checked = checkAccountAnswer(*answer, {});
    return checked || checked.error().fault == Fault::NotFound ? Result<>() : failed(checked);
}

Result<std::optional<NetworkNumber>> TwilioNumbers::find(const PhoneAccount &account,
                                                         const QString &sid)
{
    const auto object = objectOf(m_rest.get(account, pathOf(sid)));
    if (object)
        return toNumber(*object);
    if (object.error().fault == Fault::NotFound)
        return std::nullopt;
    return failed(object);
}

Result<std::vector<NetworkNumber>> TwilioNumbers::list(const PhoneAccount &account,
                                                       const web::Form &filter) const
{
    const auto object = objectOf(m_rest.get(account, kNumberList, filter));
    if (!object)
        return failed(object);
    std::vector<NetworkNumber> numbers;
    for (const auto &value : object->value(QLatin1String("incoming_phone_numbers")).toArray())
        numbers.push_back(toNumber(value.toObject()));
    return numbers;
}

Result<std::vector<NetworkNumber>> TwilioNumbers::named(const PhoneAccount &account,
                                                        const QString &name)
{
    auto numbers = list(account, {{QStringLiteral("FriendlyName"), name}});
    // What others are called is none of ours, however the filter may be meant.
    if (numbers)
        std::erase_if(*numbers, [&](const NetworkNumber &one) { return one.friendlyName != name; });
    return numbers;
}

Result<std::optional<NetworkNumber>> TwilioNumbers::byNumber(const PhoneAccount &account,
                                                             const QString &e164)
{
    const auto numbers = list(account, {{QStringLiteral("PhoneNumber"), e164}});
    if (!numbers)
        return failed(numbers);
    for (const NetworkNumber &one : *numbers) { // the filter finds parts of numbers too
        if (one.e164 == e164)
            return one;
    }
    return std::nullopt;
}

} // namespace server::twilio
