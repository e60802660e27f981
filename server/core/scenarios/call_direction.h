// Who dialled whom.
#pragma once

namespace server::core {

enum class CallDirection { Outbound, Inbound };

} // namespace server::core
