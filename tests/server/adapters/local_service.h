// A real HTTP server in a thread of its own, for clients that block.
#pragma once

#include "tests/sandbox/http_listener.h"

#include <QThread>

#include <deque>
#include <mutex>
#include <vector>

namespace tests {

/// Answers on 127.0.0.1 with what the test has set last, and remembers what it was asked.
class LocalService
{
public:
    LocalService()
    {
        m_thread.start();
        m_context.moveToThread(&m_thread);
        onThread([this] {
            m_listener = std::make_unique<sandbox::HttpListener>(
                [this](const sandbox::HttpRequest &request) { return serve(request); });
            if (!m_listener->listen(QHostAddress::LocalHost, 0))
                qFatal("no port");
            m_port = m_listener->port();
        });
    }
    ~LocalService()
    {
        onThread([this] { m_listener.reset(); });
        m_thread.quit();
        m_thread.wait();
    }
    LocalService(const LocalService &) = delete;
    LocalService &operator=(const LocalService &) = delete;

    QString url() const { return QStringLiteral("http://127.0.0.1:%1").arg(m_port); }

    void answerWith(const sandbox::HttpAnswer &answer)
    {
        const std::lock_guard lock(m_mutex);
        m_answer = answer;
    }
    /// Each of these once, in order; then again what answerWith() said.
    void answerInTurn(std::deque<sandbox::HttpAnswer> answers)
    {
        const std::lock_guard lock(m_mutex);
        m_turns = std::move(answers);
    }
    std::vector<sandbox::HttpRequest> requests() const
    {
        const std::lock_guard lock(m_mutex);
        return m_requests;
    }

private:
    template <typename Work>
    void onThread(Work work)
    {
        QMetaObject::invokeMethod(&m_context, std::move(work), Qt::BlockingQueuedConnection);
    }
    sandbox::HttpAnswer serve(const sandbox::HttpRequest &request)
    {
        const std::lock_guard lock(m_mutex);
        m_requests.push_back(request);
        if (m_turns.empty())
            return m_answer;
        sandbox::HttpAnswer answer = std::move(m_turns.front());
        m_turns.pop_front();
        return answer;
    }

    QThread m_thread;
    QObject m_context;
    std::unique_ptr<sandbox::HttpListener> m_listener;
    quint16 m_port = 0;
    mutable std::mutex m_mutex;
    sandbox::HttpAnswer m_answer;
    std::deque<sandbox::HttpAnswer> m_turns;
    std::vector<sandbox::HttpRequest> m_requests;
};

} // namespace tests
