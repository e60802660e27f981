// Lets a std::unique_ptr own an object of OpenSSL.
#pragma once

namespace server::apple {

/// `std::unique_ptr<X509, Deleter<X509_free>>`. REQUIRES: `Free` may be called on any thread.
template <auto Free>
struct Deleter
{
    template <typename T>
    void operator()(T *object) const
    {
        Free(object);
    }
};

} // namespace server::apple
