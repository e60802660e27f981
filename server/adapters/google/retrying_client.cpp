#include "server/adapters/google/retrying_client.h"

#include "server/adapters/google/google_answer.h"
#include "shared/base/clock.h"
#include "shared/base/log.h"

#include <QRandomGenerator>

#include <thread>

namespace server::google {

namespace {

/// Of one request, connecting included. Google answers in far less than a second.
constexpr std::chrono::milliseconds kPatience{8'000};

/// Whether the request may have been carried out all the same.
bool isUncertain(const base::Result<web::HttpAnswer> &answer)
{
    return !answer || answer->status == 408 || answer->status >= 500;
}

/// Whether the request was not carried out, this time. A duplicate was, and a token that is refused
/// is renewed before anybody asks further.
bool isRefusal(const base::Result<web::HttpAnswer> &answer)
{
    return answer && answer->status >= 400 && !isUncertain(answer) && answer->status != 401
           && answer->status != 409;
}

bool isWorthAnotherTry(const base::Result<web::HttpAnswer> &answer)
{
    return isUncertain(answer) || answer->status == 429 || isTooFast(*answer);
}

} // namespace

RetryingClient::RetryingClient(web::HttpClient &http, RetryPolicy policy)
    : m_http(http), m_policy([&policy] {
          if (!policy.wait)
              policy.wait = [](std::chrono::milliseconds pause) {
                  std::this_thread::sleep_for(pause);
              };
          return std::move(policy);
      }())
{
}

base::Result<web::HttpAnswer> RetryingClient::sendOnce(web::HttpRequest request) const
{
    request.timeout = kPatience;
    return m_http.send(request);
}

base::Result<web::HttpAnswer> RetryingClient::send(web::HttpRequest request) const
{
    request.timeout = kPatience;
    const base::SteadyTime began = std::chrono::steady_clock::now();
    std::optional<base::Result<web::HttpAnswer>> uncertain;
    for (int retry = 0;; ++retry) {
        auto answer = m_http.send(request);
        const auto pause = pauseBefore(retry);
        const bool isInTime = std::chrono::steady_clock::now() - began + pause <= m_policy.patience;
        if (!isWorthAnotherTry(answer) || retry == m_policy.retries || !isInTime)
            return uncertain && isRefusal(answer) ? *uncertain : answer;
        base::log::info("google.retry", {{QStringLiteral("status"), answer ? answer->status : 0},
                                         {QStringLiteral("retry"), retry + 1},
                                         {QStringLiteral("pause_ms"), qint64(pause.count())}});
        if (isUncertain(answer))
            uncertain = std::move(answer);
        m_policy.wait(pause);
    }
}

std::chrono::milliseconds RetryingClient::pauseBefore(int retry) const
{
    const auto pause = std::min(m_policy.first * (1 << std::min(retry, 10)), m_policy.longest);
    const double spread = (2 * QRandomGenerator::global()->generateDouble() - 1) * m_policy.jitter;
    return std::chrono::milliseconds(qint64(double(pause.count()) * (1 + spread)));
}

} // namespace server::google
