#include "tests/server/http/raw_client.h"

#include <algorithm>
#include <array>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <strings.h>
#include <sys/socket.h>

namespace test {

namespace {

constexpr int kPatience = 10'000; // milliseconds; only a failing test waits that long

} // namespace

RawClient::RawClient(std::uint16_t port, int receiveBuffer)
    : m_fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
{
    if (receiveBuffer > 0)
        ::setsockopt(m_fd.get(), SOL_SOCKET, SO_RCVBUF, &receiveBuffer, sizeof receiveBuffer);
    const int on = 1;
    ::setsockopt(m_fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(m_fd.get(), reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0)
        m_fd.reset();
}

bool RawClient::send(std::string_view bytes)
{
    while (!bytes.empty()) {
        const ssize_t sent = ::send(m_fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        bytes.remove_prefix(size_t(sent));
    }
    return true;
}

bool RawClient::drip(std::string_view bytes)
{
    return std::ranges::all_of(bytes, [this](const char &byte) { return send({&byte, 1}); });
}

void RawClient::endOutput()
{
    ::shutdown(m_fd.get(), SHUT_WR);
}

void RawClient::abort()
{
    const linger now{1, 0};
    ::setsockopt(m_fd.get(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
    m_fd.reset();
}

bool RawClient::fill()
{
    pollfd wanted{m_fd.get(), POLLIN, 0};
    if (::poll(&wanted, 1, kPatience) <= 0)
        return false;
    std::array<char, 16384> bytes{};
    const ssize_t got = ::recv(m_fd.get(), bytes.data(), bytes.size(), 0);
    if (got > 0)
        m_buffer.append(bytes.data(), size_t(got));
    return got > 0;
}

std::string RawClient::readAnswer(bool isHead)
{
    size_t end = 0;
    while ((end = m_buffer.find("\r\n\r\n")) == std::string::npos) {
        if (!fill())
            return std::exchange(m_buffer, {});
    }
    const std::string head = m_buffer.substr(0, end + 4);
    const std::string length = headerOf(head, "content-length");
    const size_t body = isHead || length == "<none>" ? 0 : std::stoul(length);
    return readBytes(head.size() + body);
}

std::string RawClient::readBytes(size_t count)
{
    while (m_buffer.size() < count) {
        if (!fill())
            break;
    }
    std::string bytes = m_buffer.substr(0, count);
    m_buffer.erase(0, count);
    return bytes;
}

std::string RawClient::readAll()
{
    while (fill()) {
    }
    return std::exchange(m_buffer, {});
}

bool RawClient::isClosed()
{
    for (;;) {
        pollfd wanted{m_fd.get(), POLLIN, 0};
        if (::poll(&wanted, 1, kPatience) <= 0)
            return false;
        std::array<char, 4096> waste{};
        if (::recv(m_fd.get(), waste.data(), waste.size(), 0) <= 0)
            return true;
    }
}

std::string statusLine(const std::string &answer)
{
    return answer.substr(0, answer.find("\r\n"));
}

std::string bodyOf(const std::string &answer)
{
    const size_t end = answer.find("\r\n\r\n");
    return end == std::string::npos ? std::string() : answer.substr(end + 4);
}

std::string headerOf(const std::string &answer, std::string_view name)
{
    size_t line = answer.find("\r\n");
    while (line != std::string::npos) {
        line += 2;
        const size_t end = answer.find("\r\n", line);
        if (end == std::string::npos || end == line)
            break;
        const size_t colon = answer.find(':', line);
        if (colon - line == name.size()
            && ::strncasecmp(answer.data() + line, name.data(), name.size()) == 0)
            return answer.substr(colon + 2, end - colon - 2);
        line = end;
    }
    return "<none>";
}

} // namespace test
