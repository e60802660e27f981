#include "server/api/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <map>
#include <mutex>
#include <vector>

namespace server::api {

using prometheus::Counter;
using prometheus::Family;
using prometheus::Gauge;
using prometheus::Histogram;

namespace {

const Histogram::BucketBoundaries kRequestSeconds{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                                  0.25,  0.5,    1,     2.5,  5,     10};
const Histogram::BucketBoundaries kResponseSeconds{0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5};

} // namespace

struct Metrics::Private
{
    prometheus::Registry registry;
    Family<Counter> &requests = prometheus::BuildCounter()
                                    .Name("http_requests_total")
                                    .Help("Requests answered")
                                    .Register(registry);
    Family<Histogram> &requestTimes = prometheus::BuildHistogram()
                                          .Name("http_request_seconds")
                                          .Help("From a whole request to its answer")
                                          .Register(registry);
    Family<Counter> &calls = prometheus::BuildCounter()
                                 .Name("calls_ended_total")
                                 .Help("Calls that were carried, by the reason of their end")
                                 .Register(registry);
    Family<Counter> &frames = prometheus::BuildCounter()
                                  .Name("media_frames_total")
                                  .Help("Media frames of ended calls")
                                  .Register(registry);
    Histogram &responses = prometheus::BuildHistogram()
                               .Name("agent_response_seconds")
                               .Help("From the caller's last word to the agent's first frame")
                               .Register(registry)
                               .Add({}, kResponseSeconds);

    /// Looking a metric up by labels costs a map of strings: remembered per row of the route table.
    struct RowMetrics
    {
        std::map<int, Counter *> byStatus;
        Histogram *time = nullptr;
    };
    std::mutex mutex;
    std::map<const http::Route *, RowMetrics> rows;
    std::vector<std::pair<Gauge *, std::function<double()>>> gauges;
};

Metrics::Metrics(const QString &version) : m_d(std::make_unique<Private>())
{
    prometheus::BuildGauge()
        .Name("speech_assistant_info")
        .Help("The running version")
        .Register(m_d->registry)
        .Add({{"version", version.toStdString()}})
        .Set(1);
}

Metrics::~Metrics() = default;

void Metrics::requestServed(const http::Served &served)
{
    const std::string method = served.request ? http::toText(served.request->method) : "none";
    const std::string route = served.route ? served.route->pattern : "none";
    Counter *counter = nullptr;
    Histogram *time = nullptr;
    {
        const std::lock_guard lock(m_d->mutex);
        Private::RowMetrics &row = m_d->rows[served.route];
        Counter *&known = row.byStatus[served.status];
        if (!known)
            known = &m_d->requests.Add({{"method", served.route ? method : "any"},
                                        {"route", route},
                                        {"status", std::to_string(served.status)}});
        if (!row.time)
            row.time = &m_d->requestTimes.Add(
                {{"route", route}, {"method", served.route ? method : "any"}}, kRequestSeconds);
        counter = known;
        time = row.time;
    }
    counter->Increment();
    time->Observe(std::chrono::duration<double>(served.took).count());
}

void Metrics::callEnded(const bridge::CallOutcome &outcome)
{
    m_d->calls.Add({{"reason", toText(outcome.reason).toStdString()}}).Increment();
    m_d->frames.Add({{"direction", "received"}}).Increment(double(outcome.framesReceived));
    m_d->frames.Add({{"direction", "sent"}}).Increment(double(outcome.framesSent));
    for (const protocol::TurnLatency &turn : outcome.detail.turns) {
        if (turn.callerStoppedMs >= 0 && turn.responseMs() >= 0)
            m_d->responses.Observe(double(turn.responseMs()) / 1000.0);
    }
}

void Metrics::addGauge(const std::string &name, const std::string &help,
                       std::function<double()> read)
{
    Gauge &gauge = prometheus::BuildGauge().Name(name).Help(help).Register(m_d->registry).Add({});
    const std::lock_guard lock(m_d->mutex);
    m_d->gauges.emplace_back(&gauge, std::move(read));
}

QByteArray Metrics::text() const
{
    {
        const std::lock_guard lock(m_d->mutex);
        for (const auto &[gauge, read] : m_d->gauges)
            gauge->Set(read());
    }
    return QByteArray::fromStdString(
        prometheus::TextSerializer().Serialize(m_d->registry.Collect()));
}

} // namespace server::api
