#include "server/net/tls.h"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <new>

#include <arpa/inet.h>

namespace server::net {

namespace {

bool isNumeric(const std::string &host)
{
    in6_addr address{};
    return ::inet_pton(AF_INET, host.c_str(), &address) == 1
           || ::inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

} // namespace

base::Result<std::unique_ptr<TlsContext>> TlsContext::create()
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    if (!context)
        return base::fail(base::Fault::Internal, QStringLiteral("TLS could not be set up"));
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    if (SSL_CTX_set_default_verify_paths(context) != 1) {
        SSL_CTX_free(context);
        return base::fail(base::Fault::Internal,
                          QStringLiteral("The system's certificate store could not be read"));
    }
    return std::unique_ptr<TlsContext>(new TlsContext(context));
}

TlsContext::~TlsContext()
{
    SSL_CTX_free(m_context);
}

void TlsContext::SslDeleter::operator()(SSL *ssl) const
{
    SSL_free(ssl);
}

TlsContext::Session TlsContext::clientSession(int fd, const std::string &host) const
{
    Session session(SSL_new(m_context));
    // A null session means plain TCP to a stream: never let one out.
    if (!session || SSL_set_fd(session.get(), fd) != 1)
        throw std::bad_alloc();
    SSL_set_hostflags(session.get(), X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    if (isNumeric(host)) {
        X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session.get()), host.c_str());
    } else {
        // The call behind the macro SSL_set_tlsext_host_name, which casts the old way.
        SSL_ctrl(session.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                 const_cast<char *>(host.c_str()));
        SSL_set1_host(session.get(), host.c_str());
    }
    SSL_set_connect_state(session.get());
    return session;
}

} // namespace server::net
