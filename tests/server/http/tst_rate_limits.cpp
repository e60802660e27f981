// Rate limits over real sockets: the bytes, what counts and what does not, and who is one caller.
#include "server/http/http_server.h"
#include "tests/server/http/raw_client.h"

#include <QTest>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <thread>

using namespace server::http;
using namespace std::chrono_literals;
using test::bodyOf;
using test::headerOf;
using test::RawClient;
using test::statusLine;

namespace {

/// POST /sign-in (5 a minute; its body says what becomes of it), GET /items/{id} (2 a minute, for
/// users), GET /blocked (5 a minute; waits until release()), GET /free.
class Service
{
public:
    explicit Service(Limits limits = {}, size_t queueLimit = 256)
        : m_store("store", 4, 256), m_slow("slow", 1, queueLimit)
    {
        Hooks hooks;
        hooks.authenticate = [](const Request &request, Access) -> base::Result<Caller> {
            const auto token = request.bearerToken();
            if (!token)
                return base::fail(base::Fault::Unauthenticated, QStringLiteral("No"));
            if (*token == "0")
                return base::fail(base::Fault::Forbidden, QStringLiteral("Not you"));
            Caller caller;
            caller.id = std::stoi(std::string(*token));
            return caller;
        };
        hooks.now = [this] { return base::SteadyTime(std::chrono::milliseconds(m_now)); };
        m_server = std::make_unique<HttpServer>(
            table(), std::move(limits), Headers{{"https://app.example"}, {}}, std::move(hooks),
            HttpServer::Lanes{m_store, m_slow});
        if (!m_server->start("127.0.0.1", 0, 2))
            throw std::runtime_error("cannot listen");
    }
    ~Service()
    {
        release();
        m_server.reset();
    }
    Service(const Service &) = delete;
    Service &operator=(const Service &) = delete;

    std::uint16_t port() const { return m_server->port(); }
    void pass(std::chrono::milliseconds time) { m_now += time.count(); }
    int waiting() const { return m_waiting; } ///< handlers of /blocked
    size_t queued() const { return m_slow.queued(); }
    void release()
    {
        const std::lock_guard lock(m_mutex);
        m_isReleased = true;
        m_changed.notify_all();
    }

private:
    static Response signIn(const Request &request)
    {
        if (request.body == "wrong password")
            return Response::problem(401, QStringLiteral("Incorrect"));
        if (request.body == "no field")
            return validationProblem({{QStringLiteral("username"), QStringLiteral("Required")}});
        if (request.body == "throw")
            throw std::runtime_error("inside");
        Response response = Response::problem(400, QStringLiteral("CAPTCHA"));
        response.isUncounted = true;
        return request.body == "captcha" ? response : Response::text(200, "text/plain", "in");
    }
    Response block()
    {
        std::unique_lock lock(m_mutex);
        ++m_waiting;
        m_changed.wait(lock, [this] { return m_isReleased; });
        return Response::noContent();
    }
    RouteTable table()
    {
        using enum Method;
        const auto item = [](const Request &request) {
            return Response::text(200, "text/plain", request.arguments[0].toUtf8());
        };
        std::vector<Route> routes{
            {Post, "/sign-in", Access::Public, Lane::Slow, signIn, perMinute(5)},
            {Get, "/items/{id}", Access::User, Lane::Store, item, perMinute(2)},
            {Get, "/blocked", Access::Public, Lane::Slow,
             [this](const Request &) { return block(); }, perMinute(5)},
            {Get, "/free", Access::Public, Lane::Inline,
             [](const Request &) { return Response::noContent(); }},
        };
        return {std::move(routes), {}};
    }

    base::WorkerPool m_store;
    base::WorkerPool m_slow;
    std::atomic<std::int64_t> m_now{1'000'000};
    std::mutex m_mutex;
    std::condition_variable m_changed;
    bool m_isReleased = false;
    std::atomic<int> m_waiting{0};
    std::unique_ptr<HttpServer> m_server;
};

std::string signIn(const std::string &body, const std::string &fields = {})
{
    return "POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size())
           + "\r\n" + fields + "\r\n" + body;
}

std::string fetch(const std::string &path, const std::string &fields = {},
                  const std::string &method = "GET")
{
    return method + ' ' + path + " HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n";
}

std::string asUser(int id)
{
    return "Authorization: Bearer " + std::to_string(id) + "\r\n";
}

std::string forwardedFor(const std::string &chain)
{
    return "X-Forwarded-For: " + chain + "\r\n";
}

std::string ask(RawClient &client, const std::string &request)
{
    client.send(request);
    return client.readAnswer(request.starts_with("HEAD"));
}

/// Status and what the answer says of the limit: "200 r=4;t=60".
std::string shortOf(const std::string &answer)
{
    const std::string status = statusLine(answer).substr(9, 3);
    const std::string state = headerOf(answer, "ratelimit");
    return status + ' ' + (state == "<none>" ? state : state.substr(state.find(';') + 1));
}

std::string withoutDate(std::string answer)
{
    const size_t begin = answer.find("Date: ");
    return answer.erase(begin, answer.find("\r\n", begin) + 2 - begin);
}

} // namespace

class TestRateLimits : public QObject
{
    Q_OBJECT

private slots:
    void bytes();
    void whatCounts();
    void accessComesFirst();
    void usersAreCountedWhereverTheyAre();
    void windowIsOver();
    void forwardedAddressOfAStrangerIsNotBelieved();
    void forwardedAddressOfAProxyIs();
    void floodTakesNoPlaceOnALane();
    void fullLaneGivesBack();
    void routesWithoutALimitSayNothing();
    void switchedOff();
    void exactlySoManyPass();
};

void TestRateLimits::bytes()
{
    Service service;
    RawClient client(service.port());
    const std::string fields = "X-Request-Id: r-1\r\nOrigin: https://app.example\r\n";
    const std::string cors =
        "Access-Control-Allow-Origin: https://app.example\r\n"
        "Access-Control-Allow-Credentials: true\r\n"
        "Access-Control-Expose-Headers: RateLimit, RateLimit-Policy, Retry-After, X-Request-Id\r\n"
        "Vary: Origin\r\n\r\n";
    QCOMPARE(withoutDate(ask(client, signIn("", fields))),
             "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n"
             "X-Request-Id: r-1\r\n"
             "RateLimit-Policy: \"default\";q=5;w=60\r\nRateLimit: \"default\";r=4;t=60\r\n"
                 + cors + "in");
    for (int i = 0; i < 4; ++i)
        ask(client, signIn(""));
    service.pass(2'500ms);
    QCOMPARE(withoutDate(ask(client, signIn("", fields))),
             "HTTP/1.1 429 Too Many Requests\r\nContent-Type: application/json\r\n"
             "Content-Length: 109\r\nX-Request-Id: r-1\r\nRetry-After: 58\r\n"
             "RateLimit-Policy: \"default\";q=5;w=60\r\nRateLimit: \"default\";r=0;t=58\r\n"
                 + cors
                 + R"({"detail":"Too many requests. Please try again in 58 seconds.",)"
                   R"("error":"Rate limit exceeded: 5 per 1 minute"})");
}

void TestRateLimits::whatCounts()
{
    Service service;
    RawClient client(service.port());
    QCOMPARE(shortOf(ask(client, signIn("no field"))), std::string("422 r=5;t=60"));
    service.pass(10s); // the window has not begun
    QCOMPARE(shortOf(ask(client, signIn("wrong password"))), std::string("401 r=4;t=60"));
    QCOMPARE(shortOf(ask(client, signIn("captcha"))), std::string("400 r=4;t=60"));
    QCOMPARE(shortOf(ask(client, signIn("throw"))), std::string("500 r=3;t=60"));
    for (int i = 0; i < 20; ++i)
        QCOMPARE(shortOf(ask(client, signIn("no field"))), std::string("422 r=3;t=60"));
    QCOMPARE(shortOf(ask(client, signIn(""))), std::string("200 r=2;t=60"));
    QCOMPARE(shortOf(ask(client, signIn("wrong password"))), std::string("401 r=1;t=60"));
    QCOMPARE(shortOf(ask(client, signIn(""))), std::string("200 r=0;t=60"));
    // At the limit nothing is looked at any more.
    QCOMPARE(shortOf(ask(client, signIn("no field"))), std::string("429 r=0;t=60"));
    QCOMPARE(shortOf(ask(client, signIn("wrong password"))), std::string("429 r=0;t=60"));
}

void TestRateLimits::accessComesFirst()
{
    Service service;
    RawClient client(service.port());
    for (int i = 0; i < 5; ++i) {
        const std::string unknown = ask(client, fetch("/items/1"));
        QCOMPARE(shortOf(unknown), std::string("401 <none>"));
        QCOMPARE(headerOf(unknown, "ratelimit-policy"), std::string("\"default\";q=2;w=60"));
        QCOMPARE(shortOf(ask(client, fetch("/items/1", asUser(0)))), std::string("403 <none>"));
    }
    QCOMPARE(shortOf(ask(client, fetch("/items/1", asUser(7)))), std::string("200 r=1;t=60"));
}

void TestRateLimits::usersAreCountedWhereverTheyAre()
{
    Service service;
    RawClient here(service.port());
    RawClient there(service.port());
    // The row counts, not the path; HEAD is the same row as GET.
    QCOMPARE(shortOf(ask(here, fetch("/items/1", asUser(7)))), std::string("200 r=1;t=60"));
    QCOMPARE(shortOf(ask(there, fetch("/items/2", asUser(7), "HEAD"))),
             std::string("200 r=0;t=60"));
    const std::string refused =
        ask(here, fetch("/items/3", asUser(7) + forwardedFor("198.51.100.1")));
    QCOMPARE(shortOf(refused), std::string("429 r=0;t=60"));
    QVERIFY(bodyOf(refused).find("Rate limit exceeded: 2 per 1 minute") != std::string::npos);
    QCOMPARE(shortOf(ask(here, fetch("/items/1", asUser(8)))), std::string("200 r=1;t=60"));
}

void TestRateLimits::windowIsOver()
{
    Service service;
    RawClient client(service.port());
    for (int i = 0; i < 5; ++i)
        ask(client, signIn(""));
    service.pass(59'999ms);
    const std::string refused = ask(client, signIn(""));
    QCOMPARE(shortOf(refused), std::string("429 r=0;t=1"));
    QCOMPARE(headerOf(refused, "retry-after"), std::string("1"));
    QVERIFY(bodyOf(refused).find("in 1 second.") != std::string::npos);
    service.pass(1ms);
    QCOMPARE(shortOf(ask(client, signIn(""))), std::string("200 r=4;t=60"));
}

void TestRateLimits::forwardedAddressOfAStrangerIsNotBelieved()
{
    Service service;
    RawClient client(service.port());
    for (int i = 0; i < 5; ++i) {
        const std::string address = "198.51.100." + std::to_string(i);
        QCOMPARE(statusLine(ask(client, signIn("", forwardedFor(address)))),
                 std::string("HTTP/1.1 200 OK"));
    }
    QCOMPARE(shortOf(ask(client, signIn("", forwardedFor("198.51.100.99")))),
             std::string("429 r=0;t=60"));
}

void TestRateLimits::forwardedAddressOfAProxyIs()
{
    Limits limits;
    limits.trustedProxies = {"127.0.0.1"};
    Service service(limits);
    RawClient client(service.port());
    for (int i = 0; i < 5; ++i) {
        // What stands left of the proxy's own word was written by the client.
        const std::string chain =
            "198.51.100." + std::to_string(i) + ", 2001:db8:0:1::" + std::to_string(i + 1);
        QCOMPARE(statusLine(ask(client, signIn("", forwardedFor(chain)))),
                 std::string("HTTP/1.1 200 OK"));
    }
    QCOMPARE(shortOf(ask(client, signIn("", forwardedFor("198.51.100.99, 2001:db8:0:1::99")))),
             std::string("429 r=0;t=60"));
    QCOMPARE(shortOf(ask(client, signIn("", forwardedFor("2001:db8:0:2::1")))),
             std::string("200 r=4;t=60"));
}

void TestRateLimits::floodTakesNoPlaceOnALane()
{
    Service service;
    RawClient flood(service.port());
    for (int i = 0; i < 5; ++i)
        ask(flood, signIn(""));
    RawClient blocking(service.port());
    blocking.send(fetch("/blocked"));
    QTRY_COMPARE(service.waiting(), 1); // the lane's only thread
    for (int i = 0; i < 1'000; ++i)
        QCOMPARE(shortOf(ask(flood, signIn(""))), std::string("429 r=0;t=60"));
}

void TestRateLimits::fullLaneGivesBack()
{
    Service service({}, 1);
    RawClient first(service.port());
    first.send(fetch("/blocked"));
    QTRY_COMPARE(service.waiting(), 1);
    RawClient second(service.port());
    second.send(fetch("/blocked"));
    QTRY_COMPARE(service.queued(), size_t(1)); // the only place to wait
    RawClient third(service.port());
    QCOMPARE(shortOf(ask(third, fetch("/blocked"))), std::string("503 r=3;t=60"));
}

void TestRateLimits::routesWithoutALimitSayNothing()
{
    Service service;
    RawClient client(service.port());
    for (const char *path : {"/free", "/nothing", "/sign-in"}) { // 204, 404, 405
        const std::string answer = ask(client, fetch(path));
        QCOMPARE(headerOf(answer, "ratelimit"), std::string("<none>"));
        QCOMPARE(headerOf(answer, "ratelimit-policy"), std::string("<none>"));
    }
}

void TestRateLimits::switchedOff()
{
    Limits limits;
    limits.isRateLimiting = false;
    Service service(limits);
    RawClient client(service.port());
    for (int i = 0; i < 20; ++i) {
        const std::string answer = ask(client, signIn(""));
        QCOMPARE(shortOf(answer), std::string("200 <none>"));
        QCOMPARE(headerOf(answer, "ratelimit-policy"), std::string("<none>"));
    }
}

void TestRateLimits::exactlySoManyPass()
{
    Service service;
    std::atomic<int> passed{0};
    std::atomic<int> refused{0};
    std::atomic<int> waiting{64};
    std::vector<std::thread> threads;
    threads.reserve(64);
    for (int i = 0; i < 64; ++i) {
        threads.emplace_back([&] {
            RawClient client(service.port());
            for (--waiting; waiting > 0;)
                std::this_thread::yield();
            for (int k = 0; k < 4; ++k) {
                const std::string status = shortOf(ask(client, signIn(""))).substr(0, 3);
                passed += status == "200" ? 1 : 0;
                refused += status == "429" ? 1 : 0;
            }
        });
    }
    for (std::thread &thread : threads)
        thread.join();
    QCOMPARE(passed.load(), 5);
    QCOMPARE(refused.load(), 64 * 4 - 5);
}

QTEST_APPLESS_MAIN(TestRateLimits)
#include "tst_rate_limits.moc"
