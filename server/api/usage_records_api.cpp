#include "server/api/usage_records_api.h"

#include "server/http/body_reader.h"

namespace server::api {

using http::BodyReader;
using http::Request;
using http::Response;

namespace {

constexpr qsizetype kLongestUsageWord = 50;
constexpr qint64 kMostUsage = 1'000'000;
constexpr qint64 kMostId = 1'000'000'000'000;

bool isUnit(const QString &text)
{
    const QStringList units{QStringLiteral("minutes"), QStringLiteral("calls"),
                            QStringLiteral("messages"), QStringLiteral("characters")};
    return units.contains(text);
}

core::UsageRecord recordIn(BodyReader &body)
{
    core::UsageRecord record;
    const auto service = core::meteredServiceFromText(
        body.requiredString("service_type", {.min = 1, .max = kLongestUsageWord}));
    record.amount = body.requiredInteger("usage_amount", {.min = 1, .max = kMostUsage});
    record.unit = body.requiredString("usage_unit", {.min = 1, .max = kLongestUsageWord});
    record.resourceId = body.optionalInteger("resource_id", {.min = 1, .max = kMostId}).value_or(0);
    body.optionalNumber("cost_per_unit"); // older clients send a price, which counts for nothing
    if (body.ok() && !service)
        body.addError("service_type", QStringLiteral("Input should be 'voice_call', "
                                                     "'transcription', 'sms' or "
                                                     "'custom_scenario'"));
    if (body.ok() && !isUnit(record.unit))
        body.addError("usage_unit", QStringLiteral("Input should be 'minutes', 'calls', "
                                                   "'messages' or 'characters'"));
    record.service = service.value_or(core::MeteredService::VoiceCall);
    return record;
}

QJsonObject toJson(const core::UsageTotal &total)
{
    return {{QStringLiteral("total_amount"), total.amount},
            {QStringLiteral("total_cost"), total.cost},
            {QStringLiteral("unit"), total.unit},
            {QStringLiteral("records"), total.records},
            {QStringLiteral("reported_amount"), total.reportedAmount}};
}

} // namespace

Response UsageRecordsApi::record(const Request &request)
{
    BodyReader body(request);
    core::UsageRecord said = recordIn(body);
    if (!body.ok())
        return body.problem();
    said.user = {request.caller.id};
    const auto record = m_records.report(said);
    if (!record)
        return Response::problem(record.error());
    return Response::json(
        QJsonObject{{QStringLiteral("success"), true},
                    {QStringLiteral("usage_record_id"), record->id},
                    {QStringLiteral("total_cost"), record->cost.minor},
                    {QStringLiteral("message"), QStringLiteral("Recorded %1 %2 of %3")
                                                    .arg(QString::number(record->amount),
                                                         record->unit, toText(record->service))}});
}

Response UsageRecordsApi::summary(const Request &request)
{
    http::QueryReader query(request);
    const auto asked = query.optionalString("billing_period", {.max = kLongestUsageWord});
    if (asked && query.ok() && !core::isBillingPeriod(*asked))
        query.addError("billing_period", QStringLiteral("Input should be a month such as "
                                                        "'2026-03'"));
    if (!query.ok())
        return query.problem();
    const QString period = asked.value_or(core::billingPeriodOf(m_records.now()));
    const auto totals = m_records.totals({request.caller.id}, period);
    if (!totals)
        return Response::problem(totals.error());
    QJsonObject services;
    qint64 cost = 0;
    qint64 charged = 0;
    for (const core::UsageTotal &total : *totals) {
        services.insert(toText(total.service), toJson(total));
        cost += total.cost;
        charged += total.cost - total.reportedCost;
    }
    return Response::json(QJsonObject{{QStringLiteral("success"), true},
                                      {QStringLiteral("billing_period"), period},
                                      {QStringLiteral("usage_summary"), services},
                                      {QStringLiteral("total_cost"), cost},
                                      {QStringLiteral("billable_cost"), charged},
                                      {QStringLiteral("currency"), QStringLiteral("usd")}});
}

} // namespace server::api
