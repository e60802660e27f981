// Joins the rules of calls, the bridge and the live picture: each speaks its own terms, here they
// are translated.
#pragma once

#include "server/api/live_registry.h"
#include "server/bridge/bridge.h"
#include "server/core/calls/call_service.h"
#include "shared/base/worker_pool.h"

namespace server::app {

/// The bridge's plan for a call of the core.
bridge::CallPlan planFor(const core::Call &call, bool isRecorded);

/// Tells bridge and live picture what happens to calls outside the conversation. Thread-safe.
class CallNews final : public core::CallEvents
{
public:
    CallNews(api::LiveRegistry &registry, bridge::PhoneControl &phone, bool isRecorded)
        : m_registry(registry), m_phone(phone), m_isRecorded(isRecorded)
    {
    }
    /// The bridge is made after us. To be called before the first event.
    void setBridge(bridge::Bridge *bridge) { m_bridge = bridge; }
    using RecordingListener = std::function<void(const core::Call &, const QString &)>;
    /// The same holds for it. It must return at once.
    void setRecordingListener(RecordingListener listener) { m_onRecording = std::move(listener); }

    void expected(const core::Call &call) override;
    void statusChanged(const core::Call &call) override;
    void machineAnswered(const core::Call &call) override;
    void recordingReady(const core::Call &call, const QString &recordingSid) override
    {
        m_onRecording(call, recordingSid);
    }

private:
    api::LiveRegistry &m_registry;
    bridge::PhoneControl &m_phone;
    const bool m_isRecorded;
    bridge::Bridge *m_bridge = nullptr;
    RecordingListener m_onRecording;
};

/// Finds the call of a media stream in the store. Thread-safe.
class StoredCalls final : public bridge::CallLookup
{
public:
    struct Options
    {
        bool isOpen = false; ///< streams without a token get a call of their own
        bool isRecorded = true;
    };
    StoredCalls(core::CallService &calls, base::WorkerPool &store, Options options)
        : m_calls(calls), m_store(store), m_options(options)
    {
    }

    void redeem(std::string token, std::string callSid, std::string scenario,
                Answer answer) override;

private:
    core::CallService &m_calls;
    base::WorkerPool &m_store;
    const Options m_options;
};

/// What the store keeps of an ended call.
core::CallEnding endingOf(const bridge::CallOutcome &outcome);

} // namespace server::app
