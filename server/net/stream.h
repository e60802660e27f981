// A connected byte stream: TCP, with TLS on top where asked.
#pragma once

#include "server/net/loop.h"
#include "server/net/tls.h"
#include "server/net/unique_fd.h"

#include <string>
#include <string_view>

namespace server::net {

/// A socket on its way from one loop to another, with the bytes that were already read or not yet
/// written.
struct Detached
{
    UniqueFd fd;
    std::string unread;
    std::string unsent;
};

/// Non-blocking reads and writes with buffers whose size the owner watches.
/// Lives on its loop's thread. May be destroyed from within its handler only through
/// Loop::disposeLater().
class Stream final : private Loop::Watcher
{
public:
    class Handler
    {
    public:
        virtual ~Handler() = default;
        /// New bytes stand in input(). What is not consumed stays for the next time.
        virtual void onInput() = 0;
        /// All output has gone to the kernel.
        virtual void onDrained() {}
        /// The peer sends nothing more, but may still read. True: keep the connection for our
        /// output.
        virtual bool onEnd() { return false; }
        /// The connection is gone; nothing more will come, nothing more can be sent. Called once,
        /// and never from within write().
        virtual void onGone() = 0;
    };

    /// Takes over a connected socket. `tls`: null for plain TCP; the handshake then starts at once.
    Stream(Loop &loop, Detached socket, Handler &handler, TlsContext::Session tls = {});
    ~Stream() override;

    /// Bytes received and not yet consumed. Mutable, so that WebSocket payloads can be unmasked in
    /// place.
    std::string_view input() const { return {m_in.data() + m_inStart, m_in.size() - m_inStart}; }
    char *mutableInput() { return m_in.data() + m_inStart; }
    void consume(size_t count);

    /// Stops or resumes reading: back-pressure against a peer that sends faster than we can work.
    void setReading(bool on);

    /// Sends, or keeps what the kernel does not take. Two parts save joining a header with its
    /// payload.
    void write(std::string_view first, std::string_view second = {});
    /// Bytes that the kernel has not taken yet.
    size_t pendingOutput() const { return m_out.size() - m_outStart; }

    /// Sends what is pending, then tells the peer that nothing more comes. Reading goes on.
    void endOutput();

    /// Gives the socket away; this stream is then gone without telling its handler. Plain TCP only.
    Detached detach();

    bool isGone() const { return !m_fd; }
    Loop &loop() { return m_loop; }

private:
    void ready(std::uint32_t events) override;
    void readMore();
    void flush();
    void flushAndTell();
    void setGone();
    void updateInterest();
    ssize_t readSome(char *data, size_t size);
    ssize_t writeSome(const char *data, size_t size);

    Loop &m_loop;
    UniqueFd m_fd;
    Handler &m_handler;
    TlsContext::Session m_tls;
    std::string m_in;
    size_t m_inStart = 0;
    std::string m_out;
    size_t m_outStart = 0;
    std::uint32_t m_interest = 0;
    bool m_reading = true;
    bool m_ended = false; ///< the peer sends nothing more
    bool m_endRequested = false;
    bool m_tlsWantsWrite = false; ///< reading must wait until the socket takes output
    bool m_tlsWantsRead = false;  ///< writing must wait until the socket has input
};

} // namespace server::net
