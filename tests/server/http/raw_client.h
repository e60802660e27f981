// A client that sends exactly the bytes it is told to, however wrong they are.
#pragma once

#include "server/net/unique_fd.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace test {

/// A blocking socket with deadlines. Each test uses it on its own thread.
class RawClient
{
public:
    explicit RawClient(std::uint16_t port, int receiveBuffer = 0);

    /// False when the peer has closed.
    bool send(std::string_view bytes);
    /// Sends one byte per packet.
    bool drip(std::string_view bytes);
    void endOutput();
    /// Sends a reset instead of a goodbye.
    void abort();

    /// One whole answer: head and as much body as it announces (none after `isHead`). Empty when
    /// none came.
    std::string readAnswer(bool isHead = false);
    /// Everything until the peer ends.
    std::string readAll();
    /// `count` bytes, or what came until the peer ended or time ran out.
    std::string readBytes(size_t count);
    /// True when the peer ends within the deadline, whatever came before.
    bool isClosed();

    int fd() const { return m_fd.get(); }

private:
    bool fill();

    server::net::UniqueFd m_fd;
    std::string m_buffer;
};

/// The first line, without its end.
std::string statusLine(const std::string &answer);
std::string bodyOf(const std::string &answer);
/// The value of a header, or "<none>".
std::string headerOf(const std::string &answer, std::string_view name);

} // namespace test
