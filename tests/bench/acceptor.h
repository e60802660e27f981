#pragma once

#include "tests/bench/poller.h"

#include <cstdint>
#include <functional>

namespace bench {

/// Listens on 127.0.0.1 and hands out each connection.
class Acceptor final : private Watched
{
public:
    using Handler = std::function<void(int descriptor)>;
    Acceptor(Poller &poller, std::uint16_t port, Handler handler);
    ~Acceptor() override;
    bool isListening() const { return m_isListening; }

private:
    void onReady(std::uint32_t events) override;

    int m_descriptor = -1;
    bool m_isListening = false;
    Handler m_handler;
};

} // namespace bench
