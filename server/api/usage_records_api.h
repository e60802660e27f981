// What was used in a month.
#pragma once

#include "server/core/payments/usage_records.h"
#include "server/http/request.h"
#include "server/http/response.h"

namespace server::api {

/// Handlers of /payments/record-usage and /payments/usage-summary. Thread-safe.
class UsageRecordsApi
{
public:
    explicit UsageRecordsApi(const core::UsageRecords &records) : m_records(records) {}

    http::Response record(const http::Request &request);
    http::Response summary(const http::Request &request);

private:
    const core::UsageRecords &m_records;
};

} // namespace server::api
