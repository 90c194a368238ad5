// How every TCP connection of ours is set: small writes are not held back, dead peers are noticed
// within 75 s, children inherit nothing.
#pragma once

namespace thaw::http {

void set_tcp_options(int socket);

}  // namespace thaw::http
