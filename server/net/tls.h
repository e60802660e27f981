// Outgoing TLS: one context per process part, one session per stream.
#pragma once

#include "shared/base/result.h"

#include <memory>
#include <string>

using SSL = struct ssl_st;
using SSL_CTX = struct ssl_ctx_st;

namespace server::net {

/// What outgoing TLS connections trust: the system's certificate store, TLS 1.2 or newer, host
/// names checked. Thread-safe once made; must outlive its streams.
class TlsContext
{
public:
    static base::Result<std::unique_ptr<TlsContext>> create();
    ~TlsContext();
    TlsContext(const TlsContext &) = delete;
    TlsContext &operator=(const TlsContext &) = delete;

    struct SslDeleter
    {
        void operator()(SSL *ssl) const;
    };
    using Session = std::unique_ptr<SSL, SslDeleter>;

    /// A client session on the connected descriptor `fd`, for a peer that must prove to be `host`.
    Session clientSession(int fd, const std::string &host) const;

private:
    explicit TlsContext(SSL_CTX *context) : m_context(context) {}
    SSL_CTX *m_context;
};

} // namespace server::net
