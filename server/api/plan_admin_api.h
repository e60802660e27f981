// The business plans, as staff change them.
#pragma once

#include "server/core/payments/plan_editor.h"
#include "server/http/request.h"
#include "server/http/response.h"

namespace server::api {

/// Handlers of /payments/admin/subscription-plans. They need the right to manage plans, and every
/// change is audited in the same step. Thread-safe.
class PlanAdminApi
{
public:
    explicit PlanAdminApi(const core::PlanEditor &editor) : m_editor(editor) {}

    http::Response create(const http::Request &request);
    http::Response update(const http::Request &request);
    http::Response remove(const http::Request &request);

private:
    const core::PlanEditor &m_editor;
};

} // namespace server::api
