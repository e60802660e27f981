#include "server/http/percent.h"
#include "server/http/route.h"

#include "server/net/ws_frame.h"

#include <algorithm>
#include <array>

namespace server::http {

namespace {

constexpr size_t kMaxSegments = 24; // more than any row has; a longer path matches nothing

bool isParameter(std::string_view segment)
{
    return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

/// A path cut at its slashes. Segments are decoded after the cut, so that an encoded slash never
/// separates.
struct PathSegments
{
    std::array<std::string_view, kMaxSegments> parts;
    size_t count = 0;
    std::array<std::string, kMaxSegments> decoded;
    enum class State { Good, TooLong, Bad } state = State::Good;

    explicit PathSegments(std::string_view path)
    {
        if (!path.starts_with('/')) {
            state = State::TooLong;
            return;
        }
        for (size_t at = 1; at != std::string_view::npos;) {
            if (count == kMaxSegments) {
                state = State::TooLong;
                return;
            }
            const size_t end = path.find('/', at);
            add(path.substr(at, end == std::string_view::npos ? end : end - at));
            at = end == std::string_view::npos ? end : end + 1;
        }
    }

    void add(std::string_view segment)
    {
        if (segment.find('%') != std::string_view::npos) {
            std::string &text = decoded[count];
            if (!decodePercent(segment, text) || text.find('\0') != std::string::npos
                || !net::isUtf8(text))
                state = State::Bad;
            segment = text;
        }
        parts[count++] = segment;
    }
};

bool mayServe(Method row, Method asked)
{
    return row == asked || (row == Method::Get && asked == Method::Head);
}

} // namespace

RouteTable::RouteTable(std::vector<Route> routes, std::vector<SocketRoute> sockets)
    : m_routes(std::move(routes)), m_sockets(std::move(sockets))
{
    for (size_t i = 0; i < m_routes.size(); ++i)
        nodeFor(m_routes[i].pattern).routes.push_back(i);
    for (size_t i = 0; i < m_sockets.size(); ++i)
        nodeFor(m_sockets[i].pattern).socket = i;
}

RouteTable::Node &RouteTable::nodeFor(std::string_view pattern)
{
    Q_ASSERT(pattern.starts_with('/'));
    Node *node = &m_root;
    for (size_t at = 1; at != std::string_view::npos;) {
        const size_t end = pattern.find('/', at);
        const std::string_view segment =
            pattern.substr(at, end == std::string_view::npos ? end : end - at);
        if (isParameter(segment)) {
            if (node->parameter.empty())
                node->parameter.emplace_back();
            node = &node->parameter.front();
        } else {
            node = &node->children.try_emplace(std::string(segment)).first->second;
        }
        at = end == std::string_view::npos ? end : end + 1;
    }
    return *node;
}

const RouteTable::Node *RouteTable::find(const Node &node, Segments rest,
                                         std::vector<std::string_view> &arguments)
{
    if (rest.empty())
        return node.routes.empty() && !node.socket ? nullptr : &node;
    if (const auto child = node.children.find(rest.front()); child != node.children.end()) {
        if (const Node *found = find(child->second, rest.subspan(1), arguments))
            return found;
    }
    if (node.parameter.empty() || rest.front().empty())
        return nullptr;
    arguments.push_back(rest.front());
    const Node *found = find(node.parameter.front(), rest.subspan(1), arguments);
    if (!found)
        arguments.pop_back();
    return found;
}

const RouteTable::Node *RouteTable::lookUp(std::string_view path, Match &match) const
{
    const PathSegments segments(path);
    match.isBadPath = segments.state == PathSegments::State::Bad;
    if (segments.state != PathSegments::State::Good)
        return nullptr;
    std::vector<std::string_view> arguments;
    const Node *node = find(m_root, Segments(segments.parts.data(), segments.count), arguments);
    for (const std::string_view argument : arguments)
        match.arguments.push_back(QString::fromUtf8(argument.data(), qsizetype(argument.size())));
    return node;
}

RouteTable::Match RouteTable::match(Method method, std::string_view path) const
{
    Match match;
    const Node *node = lookUp(path, match);
    if (!node)
        return match;
    if (node->socket)
        match.socket = &m_sockets[*node->socket];
    for (const size_t row : node->routes) {
        if (mayServe(m_routes[row].method, method)) {
            match.route = &m_routes[row];
            return match;
        }
    }
    for (const size_t row : node->routes) {
        const Method known = m_routes[row].method;
        match.allow += (match.allow.empty() ? "" : ", ") + std::string(toText(known));
        if (known == Method::Get)
            match.allow += ", HEAD";
    }
    if (match.socket && match.allow.find("GET") == std::string::npos)
        match.allow += match.allow.empty() ? "GET" : ", GET";
    return match;
}

RouteTable::Match RouteTable::matchSocket(std::string_view path) const
{
    Match match;
    const Node *node = lookUp(path, match);
    if (node && node->socket)
        match.socket = &m_sockets[*node->socket];
    return match;
}

} // namespace server::http
