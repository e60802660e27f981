// Requests as a good client writes them.
#pragma once

#include <string>

namespace test {

/// `fields` are further lines of the head, each with its end.
inline std::string get(const std::string &path, const std::string &fields = {})
{
    return "GET " + path + " HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n";
}

} // namespace test
