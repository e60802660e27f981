#include "server/app/dialling_room.h"

#include "shared/base/log.h"

namespace server::app {

using base::Result;

DiallingRoom::DiallingRoom(core::CallingTables tables, store::Database &database,
                           const core::PlanBook &plans, core::CallStore &calls)
    : m_tables(std::move(tables)),
      m_calls(calls),
      m_store(database),
      m_optOutStore(database),
      m_rules({m_store, m_optOutStore, plans, base::utcNow}, m_tables),
      m_optOuts({m_optOutStore, base::utcNow}),
      m_api({m_store, m_optOuts, plans, base::utcNow})
{
}

OptOutWatch::Handler DiallingRoom::onOptOut(bridge::Bridge &bridge, base::WorkerPool &storeLane)
{
    return [this, &bridge, &storeLane](base::CallId call, core::OptOutWay way) {
        storeLane.submitAlways([this, &bridge, call, way] { optOut(bridge, call, way); });
    };
}

CallTools::Tool DiallingRoom::stopCallingTool(bridge::Bridge &bridge)
{
    return [this, &bridge](const core::Call &call, const QString &) {
        return stopCalling(bridge, call);
    };
}

void DiallingRoom::optOut(bridge::Bridge &bridge, base::CallId id, core::OptOutWay way)
{
    const auto call = m_calls.byId(id);
    // Whoever calls us may show any number as theirs: only those that we have dialled are taken
    // off.
    if (call && *call && (*call)->direction != core::CallDirection::Outbound)
        return;
    const auto taken = !call   ? Result<>(failed(call))
                       : *call ? take(bridge, **call, way, core::optOutFarewell())
                               : base::fail(base::Fault::NotFound, QStringLiteral("no such call"));
    if (!taken)
        base::log::error("number.not_opted_out", {{QStringLiteral("call"), id.value},
                                                  {QStringLiteral("why"), taken.error().message},
                                                  {QStringLiteral("cause"), taken.error().cause}});
}

QString DiallingRoom::stopCalling(bridge::Bridge &bridge, const core::Call &call)
{
    if (const auto taken = take(bridge, call, core::OptOutWay::Agent, {}); !taken) {
        base::log::error("number.not_opted_out", {{QStringLiteral("call"), call.id.value},
                                                  {QStringLiteral("cause"), taken.error().cause}});
        return QStringLiteral(
            R"({"status":"error","error":"It could not be written down. Try again."})");
    }
    return QStringLiteral(
        R"({"status":"done","message":"They are never called again. Confirm it in one short sentence and say goodbye."})");
}

Result<> DiallingRoom::take(bridge::Bridge &bridge, const core::Call &call, core::OptOutWay way,
                            const QString &farewell)
{
    if (auto taken = m_optOuts.byCallee(call.phoneNumber, call.id, way); !taken)
        return taken;
    // The reason first: should they hang up before the goodbye is over, it still is why.
    const auto reason = bridge::EndReason::OptedOut;
    if (auto stored = m_calls.setEndReason(call.id, toText(reason)); !stored)
        return stored;
    bridge.windUp(call.id, reason, farewell);
    return {};
}

} // namespace server::app
