#include "server/bridge/bridge_ports.h"

namespace server::bridge {

QString toText(EndReason reason)
{
    switch (reason) {
    case EndReason::CallerHungUp:
        return QStringLiteral("caller_hung_up");
    case EndReason::AgentHungUp:
        return QStringLiteral("agent_hung_up");
    case EndReason::StaffHungUp:
        return QStringLiteral("staff_hung_up");
    case EndReason::OptedOut:
        return QStringLiteral("opted_out");
    case EndReason::Machine:
        return QStringLiteral("machine");
    case EndReason::DurationLimit:
        return QStringLiteral("duration_limit");
    case EndReason::ModelLost:
        return QStringLiteral("model_lost");
    case EndReason::StreamLost:
        return QStringLiteral("stream_lost");
    case EndReason::Shutdown:
        return QStringLiteral("shutdown");
    }
    return QStringLiteral("unknown");
}

} // namespace server::bridge
