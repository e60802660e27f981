#include "server/http/connection.h"

#include "server/http/header_text.h"
#include "server/net/ws_handshake.h"

#include <algorithm>

namespace server::http {

namespace {

// Input that waits behind a request at work; more stays in the kernel.
constexpr size_t kHeldInput = 64U << 10U;
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

bool isSaneRequestId(std::string_view id)
{
    return !id.empty() && id.size() <= 64 && std::ranges::all_of(id, [](char c) {
        return (c >= '0' && c <= '9') || (toLower(c) >= 'a' && toLower(c) <= 'z') || c == '-'
               || c == '_' || c == '.';
    });
}

Response busy()
{
    Response response =
        Response::problem(503, QStringLiteral("The service is busy. Please try again."))
            .with("Retry-After", "1");
    response.isUncounted = true;
    return response;
}

} // namespace

Connection::Connection(HttpLoop &owner, std::uint64_t id, net::UniqueFd fd, std::string peer)
    : m_owner(owner),
      m_limits(owner.shared().limits),
      m_id(id),
      m_peer(std::move(peer)),
      m_stream(owner.loop(), net::Detached{std::move(fd), {}, {}}, *this),
      m_reader(m_limits),
      m_deadline(owner.loop().now() + m_limits.firstByte)
{
}

void Connection::onInput()
{
    if (m_state == State::Lingering)
        return m_stream.consume(m_stream.input().size());
    pump();
}

void Connection::onDrained()
{
    if (m_state == State::Lingering)
        m_deadline = m_owner.loop().now() + m_limits.lingering;
    else
        pump();
}

bool Connection::onEnd()
{
    m_hasPeerEnded = true;
    pump();
    return m_state == State::Busy || m_state == State::Gone || m_stream.pendingOutput() > 0;
}

void Connection::onGone()
{
    m_state = State::Gone;
    m_owner.remove(m_id);
}

void Connection::pump()
{
    if (m_isPumping)
        return;
    m_isPumping = true;
    while (step()) {
    }
    m_isPumping = false;
    if (m_state == State::Gone || m_state == State::Lingering)
        return;
    if (m_hasPeerEnded && m_state != State::Busy && !isHeld())
        return linger(); // what has not come until now never will
    m_stream.setReading(m_stream.input().size() < kHeldInput
                        || (m_state != State::Busy && !isHeld()));
}

/// One step forward in the input; false when there is nothing to do but wait.
bool Connection::step()
{
    if ((m_state != State::Head && m_state != State::Body) || m_stream.isGone())
        return false;
    const bool isBetween = m_state == State::Head && !hasStarted();
    if (isBetween && (m_stream.input().empty() || isHeld()))
        return false;
    if (isBetween) {
        m_started = m_owner.loop().now();
        m_deadline = m_started + m_limits.headTime;
    }
    const RequestReader::Outcome outcome = m_reader.read(m_stream.input());
    m_stream.consume(outcome.consumed);
    switch (outcome.step) {
    case RequestReader::Step::NeedMore:
        return false;
    case RequestReader::Step::Refused:
        refuse(outcome.status);
        return false;
    case RequestReader::Step::Head:
        onHead();
        return true;
    case RequestReader::Step::Done:
        dispatch();
        return true;
    }
    Q_UNREACHABLE();
}

void Connection::onHead()
{
    prepare(*m_reader.request());
    if (m_reader.facts().wantsWebSocket && tryUpgrade())
        return;
    m_state = State::Body;
    m_deadline = m_started + m_limits.requestTime;
    if (m_reader.facts().expectsContinue && m_stream.input().empty())
        m_stream.write(kContinue);
}

void Connection::prepare(Request &request)
{
    request.received = m_started;
    request.peer = m_peer;
    if (!m_limits.trustedProxies.empty()) {
        std::string chain;
        for (const auto &[name, value] : request.headers) {
            if (name == "x-forwarded-for")
                chain += (chain.empty() ? "" : ",") + value;
        }
        request.peer = forwardedPeer(m_peer, chain, m_owner.shared().trusted);
    }
    const auto given = request.header("x-request-id");
    request.id = given && isSaneRequestId(*given) ? std::string(*given) : m_owner.makeRequestId();
}

void Connection::dispatch()
{
    Dispatcher &dispatcher = m_owner.shared().dispatcher;
    m_request = m_reader.request();
    m_state = State::Busy;
    Dispatcher::Plan plan = dispatcher.plan(*m_request);
    m_route = plan.route;
    if (plan.answer)
        return onAnswer(*plan.answer);
    if (m_route->lane == Lane::Inline)
        return onAnswer(dispatcher.run(plan, *m_request));
    const auto task = [&dispatcher, &owner = m_owner, id = m_id, plan, request = m_request] {
        const auto response = std::make_shared<Response>(dispatcher.run(plan, *request));
        owner.tell(id, [response](Connection &self) { self.onAnswer(*response); });
    };
    if (!dispatcher.submit(m_route->lane, task))
        onAnswer(dispatcher.settle(plan, busy()));
}

/// True when the request is being dealt with: its path belongs to a WebSocket.
bool Connection::tryUpgrade()
{
    const std::shared_ptr<Request> request = m_reader.request();
    if (request->method != Method::Get)
        return false;
    Dispatcher &dispatcher = m_owner.shared().dispatcher;
    Dispatcher::SocketPlan plan = dispatcher.planSocket(*request, m_reader.facts().hasBody());
    if (!plan.answer && !plan.route)
        return false;
    m_request = request;
    m_state = State::Busy;
    if (plan.answer) {
        refuseWith(*plan.answer);
    } else if (plan.route->lane == Lane::Inline) {
        onVerdict(*plan.route, dispatcher.check(*plan.route, *request));
    } else {
        const auto task = [&dispatcher, &owner = m_owner, id = m_id, route = plan.route, request] {
            const auto refused =
                std::make_shared<std::optional<Response>>(dispatcher.check(*route, *request));
            owner.tell(id,
                       [route, refused](Connection &self) { self.onVerdict(*route, *refused); });
        };
        if (!dispatcher.submit(plan.route->lane, task))
            refuseWith(busy());
    }
    return true;
}

void Connection::onVerdict(const SocketRoute &route, const std::optional<Response> &refused)
{
    if (m_state != State::Busy)
        return;
    if (refused)
        return refuseWith(*refused);
    if (m_owner.shared().isStopping)
        return refuse(503);
    const std::shared_ptr<Request> request = m_request;
    m_stream.write(net::acceptAnswer(*request->header("sec-websocket-key")));
    net::Detached socket = m_stream.detach();
    report(101);
    close();
    m_owner.shared().dispatcher.give(route, std::move(*request), std::move(socket));
}

void Connection::onAnswer(const Response &response)
{
    if (m_state != State::Busy)
        return;
    const bool keep = m_reader.facts().keepsAlive && !m_owner.shared().isStopping;
    send(response, keep);
    m_request.reset();
    m_route = nullptr;
    if (!keep)
        return linger();
    m_reader.reset();
    m_state = State::Head;
    m_started = {};
    m_deadline = m_owner.loop().now() + m_limits.idle;
    pump();
}

void Connection::send(const Response &response, bool keep)
{
    const auto after = !keep                       ? AnswerWriter::After::Close
                       : m_reader.facts().isHttp10 ? AnswerWriter::After::KeepAlive10
                                                   : AnswerWriter::After::KeepAlive;
    std::string &head = m_owner.loop().scratch();
    m_owner.writer().writeHead(
        head, response, m_request.get(),
        m_request ? std::string_view(m_request->id) : m_owner.makeRequestId(), after);
    const bool isBodiless = (m_request && m_request->method == Method::Head)
                            || response.status == 204 || response.status == 304;
    m_stream.write(head, isBodiless ? std::string_view()
                                    : std::string_view(response.body.constData(),
                                                       size_t(response.body.size())));
    report(response.status);
}

void Connection::report(int status)
{
    Served served;
    served.route = m_route;
    served.request = m_request.get();
    served.status = status;
    if (hasStarted()) {
        served.took = std::chrono::duration_cast<std::chrono::microseconds>(
            std::chrono::steady_clock::now() - m_started);
    }
    m_owner.shared().dispatcher.report(served);
}

void Connection::refuse(int status)
{
    refuseWith(refusal(status));
}

void Connection::refuseWith(const Response &response)
{
    send(response, false);
    m_request.reset();
    linger();
}

void Connection::linger()
{
    m_state = State::Lingering;
    m_reader.reset();
    m_deadline = m_owner.loop().now() + m_limits.lingering;
    m_stream.consume(m_stream.input().size());
    m_stream.setReading(true);
    // Closing with unread input would make the kernel throw away the answer: end the output, go on
    // reading.
    m_stream.endOutput();
}

void Connection::close()
{
    m_state = State::Gone;
    m_owner.remove(m_id);
}

void Connection::sweep()
{
    if (m_state == State::Gone)
        return;
    const base::SteadyTime now = m_owner.loop().now();
    if (const size_t pending = m_stream.pendingOutput(); pending > 0) {
        if (pending != std::exchange(m_lastPending, pending))
            m_stall = now + m_limits.idle;
        else if (now >= m_stall)
            return close();
        if (!hasStarted() || m_state == State::Lingering)
            return;
    } else {
        m_lastPending = 0;
    }
    if (m_state == State::Busy || now < m_deadline)
        return;
    if (m_state == State::Lingering || !hasStarted())
        return close();
    refuse(408);
}

void Connection::finish()
{
    const bool isIdle = m_state == State::Head && !hasStarted() && m_stream.pendingOutput() == 0;
    if (isIdle)
        close();
    else if (m_state == State::Head || m_state == State::Body)
        linger();
}

} // namespace server::http
