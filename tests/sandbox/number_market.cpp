#include "tests/sandbox/number_market.h"

#include "tests/sandbox/sids.h"
#include "tests/sandbox/vendor_refusal.h"

#include <QJsonArray>
#include <QLocale>
#include <QRegularExpression>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace sandbox {

namespace {

constexpr int kFirst = 110;
constexpr int kCount = 20;
constexpr int kNumbersPage = 50;

QJsonObject capabilities()
{
    return {{u"voice"_s, true}, {u"sms"_s, true}, {u"mms"_s, true}, {u"fax"_s, false}};
}

QString uriOf(const QByteArray &account, const QString &rest)
{
    return u"/2010-04-01/Accounts/%1/%2"_s.arg(QString::fromLatin1(account), rest);
}

QJsonObject resource(const NumberMarket::Number &number)
{
    const QString time =
        QLocale::c().toString(number.createdAt.toUTC(), u"ddd, dd MMM yyyy HH:mm:ss '+0000'"_s);
    return {{u"account_sid"_s, QString::fromLatin1(number.account)},
            {u"address_requirements"_s, u"none"_s},
            {u"address_sid"_s, QJsonValue::Null},
            {u"api_version"_s, u"2010-04-01"_s},
            {u"beta"_s, false},
            {u"bundle_sid"_s, QJsonValue::Null},
            {u"capabilities"_s, capabilities()},
            {u"date_created"_s, time},
            {u"date_updated"_s, time},
            {u"friendly_name"_s, number.friendlyName},
            {u"identity_sid"_s, QJsonValue::Null},
            {u"origin"_s, u"twilio"_s},
            {u"phone_number"_s, number.e164},
            {u"sid"_s, number.sid},
            {u"sms_application_sid"_s, QString()},
            {u"sms_method"_s, u"POST"_s},
            {u"sms_url"_s, QString()},
            {u"status"_s, u"in-use"_s},
            {u"status_callback"_s, number.statusCallback},
            {u"status_callback_method"_s, number.statusCallbackMethod},
            {u"trunk_sid"_s, QJsonValue::Null},
            {u"type"_s, u"local"_s},
            {u"uri"_s, uriOf(number.account, u"IncomingPhoneNumbers/%1.json"_s.arg(number.sid))},
            {u"voice_application_sid"_s, QString()},
            {u"voice_caller_id_lookup"_s, false},
            {u"voice_method"_s, number.voiceMethod},
            {u"voice_url"_s, number.voiceUrl}};
}

/// "(415) 555-0110"
QString asPeopleWrite(const QString &e164)
{
    return u"(%1) %2-%3"_s.arg(e164.mid(2, 3), e164.mid(5, 3), e164.mid(8));
}

void change(NumberMarket::Number &number, const Form &order)
{
    const auto take = [&order](const QString &name, QString &into) {
        if (order.has(name))
            into = order.value(name);
    };
    take(u"FriendlyName"_s, number.friendlyName);
    take(u"VoiceUrl"_s, number.voiceUrl);
    take(u"VoiceMethod"_s, number.voiceMethod);
    take(u"StatusCallback"_s, number.statusCallback);
    take(u"StatusCallbackMethod"_s, number.statusCallbackMethod);
}

} // namespace

std::optional<HttpAnswer> NumberMarket::serve(const HttpRequest &request, const QByteArray &account,
                                              const QList<QByteArray> &path)
{
    const QByteArrayList rest = path.sliced(4);
    const QByteArray asked = request.method + ' ' + rest.join('/');
    if (asked == "GET Balance.json")
        return HttpAnswer::json(200, {{u"account_sid"_s, QString::fromLatin1(account)},
                                      {u"balance"_s, u"23.45"_s},
                                      {u"currency"_s, u"USD"_s}});
    if (asked == "GET AvailablePhoneNumbers/US/Local.json")
        return available(request, account);
    if (asked == "POST IncomingPhoneNumbers.json")
        return buy(request.form(), account);
    if (asked == "GET IncomingPhoneNumbers.json")
        return list(request, account);
    if (rest.size() == 2 && rest[0] == "IncomingPhoneNumbers" && rest[1].endsWith(".json"))
        return one(request, account, QString::fromLatin1(rest[1].chopped(5)));
    return std::nullopt;
}

std::vector<NumberMarket::Number> NumberMarket::numbersOf(const QByteArray &account) const
{
    std::vector<Number> found;
    std::copy_if(m_numbers.begin(), m_numbers.end(), std::back_inserter(found),
                 [&](const Number &number) { return number.account == account; });
    return found;
}

const NumberMarket::Number *NumberMarket::find(const QString &e164) const
{
    const auto found = std::find_if(m_numbers.begin(), m_numbers.end(),
                                    [&](const Number &number) { return number.e164 == e164; });
    return found == m_numbers.end() ? nullptr : &*found;
}

const NumberMarket::Number &NumberMarket::give(const QByteArray &account, const QString &e164)
{
    m_numbers.push_back({account, newSid("PN"), e164, asPeopleWrite(e164), QString(), u"POST"_s,
                         QString(), u"POST"_s, QDateTime::currentDateTimeUtc()});
    return m_numbers.back();
}

void NumberMarket::take(const QString &e164)
{
    std::erase_if(m_numbers, [&](const Number &number) { return number.e164 == e164; });
}

HttpAnswer NumberMarket::available(const HttpRequest &request, const QByteArray &account) const
{
    const Form query = Form::decode(request.query);
    const QString area = query.has(u"AreaCode"_s) ? query.value(u"AreaCode"_s) : u"415"_s;
    static const QRegularExpression form(u"^[2-9][0-9]{2}$"_s);
    if (!form.match(area).hasMatch())
        return vendorRefusal(400, 21451, u"Invalid area code: %1"_s.arg(area));
    const int page = query.has(u"PageSize"_s) ? query.value(u"PageSize"_s).toInt() : kNumbersPage;
    QJsonArray numbers;
    for (int i = kFirst; i < kFirst + kCount && area != u"999" && numbers.size() < page; ++i) {
        const QString e164 = u"+1"_s + area + u"555%1"_s.arg(i, 4, 10, QChar(u'0'));
        if (find(e164))
            continue;
        numbers.append(QJsonObject{{u"address_requirements"_s, u"none"_s},
                                   {u"beta"_s, false},
                                   {u"capabilities"_s, capabilities()},
                                   {u"friendly_name"_s, asPeopleWrite(e164)},
                                   {u"iso_country"_s, u"US"_s},
                                   {u"lata"_s, u"722"_s},
                                   {u"latitude"_s, 37.78},
                                   {u"locality"_s, u"San Francisco"_s},
                                   {u"longitude"_s, -122.42},
                                   {u"phone_number"_s, e164},
                                   {u"postal_code"_s, u"94103"_s},
                                   {u"rate_center"_s, u"SNFC CNTRL"_s},
                                   {u"region"_s, u"CA"_s}});
    }
    return HttpAnswer::json(200,
                            {{u"available_phone_numbers"_s, numbers},
                             {u"uri"_s, uriOf(account, u"AvailablePhoneNumbers/US/Local.json"_s)}});
}

HttpAnswer NumberMarket::buy(const Form &order, const QByteArray &account)
{
    const QString e164 = order.value(u"PhoneNumber"_s);
    static const QRegularExpression form(u"^\\+1[2-9][0-9]{2}5550(\\d{3})$"_s);
    const auto match = form.match(e164);
    const int last = match.captured(1).toInt();
    if (e164.isEmpty())
        return vendorRefusal(400, 21404, u"PhoneNumber or AreaCode is required"_s);
    if (!match.hasMatch() || last < kFirst || last >= kFirst + kCount || find(e164))
        return vendorRefusal(400, 21422, u"%1 is not available"_s.arg(e164));
    for (const auto &field : {u"VoiceUrl"_s, u"StatusCallback"_s}) {
        if (order.has(field) && !order.value(field).startsWith(u"http"))
            return vendorRefusal(400, 21402,
                                 u"%1 is not valid: %2"_s.arg(field, order.value(field)));
    }
    give(account, e164);
    change(m_numbers.back(), order);
    const Number bought = m_numbers.back();
    HttpAnswer answer = HttpAnswer::json(201, resource(bought));
    answer.drop = m_lostAnswers > 0 && m_lostAnswers-- > 0;
    if (onBought)
        onBought(bought);
    return answer;
}

HttpAnswer NumberMarket::list(const HttpRequest &request, const QByteArray &account) const
{
    const Form query = Form::decode(request.query);
    const QString part = query.value(u"PhoneNumber"_s);
    QJsonArray numbers;
    for (const Number &number : m_numbers) {
        const bool isNamed =
            !query.has(u"FriendlyName"_s) || number.friendlyName == query.value(u"FriendlyName"_s);
        if (number.account == account && isNamed && number.e164.contains(part))
            numbers.append(resource(number));
    }
    const QString uri = uriOf(account, u"IncomingPhoneNumbers.json"_s);
    return HttpAnswer::json(200, {{u"incoming_phone_numbers"_s, numbers},
                                  {u"first_page_uri"_s, uri},
                                  {u"next_page_uri"_s, QJsonValue::Null},
                                  {u"previous_page_uri"_s, QJsonValue::Null},
                                  {u"start"_s, 0},
                                  {u"end"_s, std::max<int>(int(numbers.size()) - 1, 0)},
                                  {u"page"_s, 0},
                                  {u"page_size"_s, kNumbersPage},
                                  {u"uri"_s, uri}});
}

HttpAnswer NumberMarket::one(const HttpRequest &request, const QByteArray &account,
                             const QString &sid)
{
    const auto found = std::find_if(m_numbers.begin(), m_numbers.end(), [&](const Number &number) {
        return number.account == account && number.sid == sid;
    });
    if (found == m_numbers.end())
        return vendorRefusal(
            404, 20404,
            u"The requested resource %1 was not found"_s.arg(QString::fromUtf8(request.path)));
    if (request.method == "DELETE") {
        m_numbers.erase(found);
        HttpAnswer gone;
        gone.status = 204;
        return gone;
    }
    if (request.method == "POST")
        change(*found, request.form());
    return HttpAnswer::json(200, resource(*found));
}

} // namespace sandbox
