// A whole bridge with both ends, for tests over real sockets.
#pragma once

#include "server/adapters/openai/realtime_codec.h"
#include "server/adapters/twilio/media_codec.h"
#include "server/bridge/bridge.h"
#include "tests/server/bridge/fakes.h"

#include <QTemporaryDir>

namespace bridge_test {

/// Remembers everything the bridge told and asked.
class Witness final : public server::bridge::CallObserver,
                      public server::bridge::PhoneControl,
                      public server::bridge::CallLookup,
                      public server::bridge::ToolRunner
{
public:
    /// Reads or writes what stands below, while nobody else does.
    template <typename Read>
    auto with(Read read) const
    {
        const std::lock_guard lock(m_mutex);
        return read();
    }

    void callChanged(const protocol::LiveCall &call) override
    {
        with([&] { rows[call.id] = call; });
    }
    void levels(const QList<protocol::CallLevels> &) override
    {
        with([&] { ++levelCount; });
    }
    void transcriptChanged(base::CallId, const protocol::TranscriptLine &line) override
    {
        with([&] { lines.append(line); });
    }
    void turnMeasured(base::CallId, const protocol::TurnLatency &turn) override
    {
        with([&] { turns.append(turn); });
    }
    void timelineGrew(base::CallId, const protocol::TimelineEvent &event) override
    {
        with([&] { events.append(event.name); });
    }
    void callEnded(const server::bridge::CallOutcome &outcome) override
    {
        with([&] { outcomes.append(outcome); });
    }
    void hangUp(const QString &callSid) override
    {
        with([&] { hungUp.append(callSid); });
    }
    void redeem(std::string token, std::string callSid, std::string,
                CallLookup::Answer answer) override;
    void run(base::CallId, const QString &name, const QString &arguments,
             ToolRunner::Answer answer) override
    {
        with([&] { tools.push_back({name, arguments, std::move(answer)}); });
    }
    struct Tool
    {
        QString name;
        QString arguments;
        ToolRunner::Answer answer;
    };

    qsizetype outcomeCount() const
    {
        return with([&] { return outcomes.size(); });
    }
    bool saw(const QString &event) const
    {
        return with([&] { return events.contains(event); });
    }

    QHash<qint64, protocol::LiveCall> rows;
    int levelCount = 0;
    QList<protocol::TranscriptLine> lines;
    QList<protocol::TurnLatency> turns;
    QStringList events;
    QList<server::bridge::CallOutcome> outcomes;
    QStringList hungUp;
    std::vector<Tool> tools;                               ///< that were to be run
    std::map<std::string, server::bridge::CallPlan> plans; ///< by token; good once

private:
    mutable std::mutex m_mutex;
};

struct Rig
{
    explicit Rig(const std::function<void(server::bridge::BridgeSettings &)> &change = {});
    ~Rig();

    server::bridge::CallPlan plan(int id);
    /// A phone whose call has this plan; the token is the call's number.
    std::unique_ptr<FakePhone> phone(const server::bridge::CallPlan &plan);
    std::unique_ptr<FakePhone> stranger(const QByteArray &token);

    QTemporaryDir folder;
    Witness witness;
    FakeModel model;
    base::WorkerPool resolver{"resolver", 1, 1000};
    base::WorkerPool files{"files", 2, 1000};
    server::net::Dialer dialer{resolver};
    std::unique_ptr<server::net::TlsContext> tls = *server::net::TlsContext::create();
    server::twilio::MediaCodec phoneCodec;
    server::openai::RealtimeCodec modelCodec;
    server::net::LoopThread phones{"phones"};
    std::unique_ptr<server::bridge::Bridge> bridge;
    server::net::LoopThread door{"door"};
    std::unique_ptr<Doorman> doorman;
};

} // namespace bridge_test
