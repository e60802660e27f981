#include "server/net/base64.h"

#include <openssl/evp.h>

namespace server::net {

void appendBase64(std::string &out, std::span<const std::uint8_t> bytes)
{
    const size_t before = out.size();
    out.resize(before + (bytes.size() + 2) / 3 * 4 + 1); // EVP_EncodeBlock writes a closing NUL
    const int written = EVP_EncodeBlock(reinterpret_cast<unsigned char *>(out.data() + before),
                                        bytes.data(), int(bytes.size()));
    out.resize(before + size_t(written));
}

bool decodeBase64(std::string_view text, std::vector<std::uint8_t> &out)
{
    out.clear();
    const size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
    if (text.size() % 4 != 0 || text.size() > (1U << 30U))
        return false;
    // EVP_DecodeBlock forgives white space around the text, padding in odd places and dashes at the
    // end; we do not.
    if (text.substr(0, text.size() - padding).find_first_of("= \t\r\n-") != std::string_view::npos)
        return false;
    out.resize(text.size() / 4 * 3);
    const int decoded = EVP_DecodeBlock(
        out.data(), reinterpret_cast<const unsigned char *>(text.data()), int(text.size()));
    if (decoded < 0) {
        out.clear();
        return false;
    }
    out.resize(size_t(decoded) - padding);
    return true;
}

} // namespace server::net
