// A connection from its first byte to its last: request by request, each to where it belongs.
#pragma once

#include <memory>

#include "drivers/gateway/channel.hpp"
#include "drivers/gateway/core.hpp"

namespace thaw::gateway {

Awaitable<void> converse(Core& core, Channel::Socket socket, std::unique_ptr<http::TlsSession> tls);

}  // namespace thaw::gateway
