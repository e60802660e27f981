// What the agent of a call can do beside talking.
#pragma once

#include "server/bridge/bridge_ports.h"
#include "server/core/calls/call_ports.h"
#include "shared/base/worker_pool.h"

#include <map>

namespace server::app {

/// Runs the functions that models call, on a pool of their own: they wait for services outside, and
/// must neither wait for other work nor delay any sound. Thread-safe; what it is made with must
/// outlive it and its pool.
class CallTools final : public bridge::ToolRunner
{
public:
    /// Takes the call as it is stored, so that no argument of the model says whose it is, and the
    /// model's arguments; returns a JSON text for the model. Blocks; any thread.
    using Tool = std::function<QString(const core::Call &call, const QString &arguments)>;

    CallTools(std::map<QString, Tool> tools, core::CallStore &calls, base::WorkerPool &pool)
        : m_tools(std::move(tools)), m_calls(calls), m_pool(pool)
    {
    }

    void run(base::CallId call, const QString &name, const QString &arguments,
             Answer answer) override;

private:
    const std::map<QString, Tool> m_tools; ///< by name
    core::CallStore &m_calls;
    base::WorkerPool &m_pool;
};

} // namespace server::app
