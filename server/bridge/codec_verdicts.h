// What both codecs say of a message that is of no use.
#pragma once

namespace server::bridge {

/// Well-formed, of a kind that means nothing to us.
struct Unknown
{
};
/// Not what the protocol allows: no JSON, a needed field is missing or of the wrong type.
struct Garbage
{
};

} // namespace server::bridge
