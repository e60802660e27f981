// Expected failures as values: what the world can cause is returned, never thrown.
#pragma once

#include <QString>

#include <tl/expected.hpp>

#include <utility>

namespace base {

/// The class of a failure. `server/http/problem.cpp` alone turns it into an HTTP status.
enum class Fault {
    Invalid,         ///< the request makes no sense (400)
    Unauthenticated, ///< who are you (401)
    PaymentRequired, ///< the plan does not allow it (402)
    Forbidden,       ///< we know you, and no (403)
    NotFound,        ///< no such thing, or not yours (404)
    Conflict,        ///< it contradicts what is stored (409)
    Unprocessable,   ///< well-formed, but a field is wrong (422)
    LimitReached,    ///< too often (429)
    Upstream,        ///< a service outside refused or failed (502)
    Unavailable,     ///< we are too busy or shutting down (503)
    Timeout,         ///< a service outside did not answer in time (504)
    Internal         ///< our own mistake (500)
};

struct Error
{
    Fault fault = Fault::Internal;
    QString message; ///< for the person who asked; goes out over the wire
    QString cause;   ///< for the log only; may name internals, never secrets
};

template <typename T = void>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> fail(Fault fault, QString message, QString cause = {})
{
    return tl::unexpected<Error>(Error{fault, std::move(message), std::move(cause)});
}

/// Passes a failure on as the failure of another result type: `if (!x) return failed(x);`
template <typename T>
tl::unexpected<Error> failed(const Result<T> &result)
{
    return tl::unexpected<Error>(result.error());
}

} // namespace base
