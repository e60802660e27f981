// Whether and how numbers may be called: the parts, and what happens when somebody wants no more.
#pragma once

#include "server/adapters/store/dialling_store.h"
#include "server/adapters/store/opt_out_store.h"
#include "server/api/calling_rules_api.h"
#include "server/app/call_tools.h"
#include "server/app/opt_out_watch.h"
#include "server/bridge/bridge.h"
#include "server/core/calls/call_ports.h"
#include "server/core/dialling/dialling_rules.h"
#include "server/core/dialling/opt_out_service.h"

namespace server::app {

/// Thread-safe. What it is made with must outlive it.
class DiallingRoom
{
public:
    DiallingRoom(core::CallingTables tables, store::Database &database, const core::PlanBook &plans,
                 core::CallStore &calls);

    const core::DiallingRules &rules() const { return m_rules; }
    const core::OptOutPhrases &phrases() const { return m_tables.optOutPhrases; }
    core::DiallingStore &store() { return m_store; }
    api::CallingRulesApi &api() { return m_api; }

    /// Somebody on the phone wants no more calls: `storeLane` takes their number off, and the agent
    /// of `bridge` says goodbye.
    OptOutWatch::Handler onOptOut(bridge::Bridge &bridge, base::WorkerPool &storeLane);
    /// The same as a function of the agent, which then says goodbye.
    CallTools::Tool stopCallingTool(bridge::Bridge &bridge);

private:
    void optOut(bridge::Bridge &bridge, base::CallId id, core::OptOutWay way);
    QString stopCalling(bridge::Bridge &bridge, const core::Call &call);
    base::Result<> take(bridge::Bridge &bridge, const core::Call &call, core::OptOutWay way,
                        const QString &farewell);

    const core::CallingTables m_tables;
    core::CallStore &m_calls;
    store::SqlDiallingStore m_store;
    store::SqlOptOutStore m_optOutStore;
    const core::DiallingRules m_rules;
    const core::OptOutService m_optOuts;
    api::CallingRulesApi m_api;
};

} // namespace server::app
