// Why no answer came. An answer, whatever its status, is never a Failure.
#pragma once

#include <stdexcept>
#include <string>

namespace thaw::http {

class Failure : public std::runtime_error {
 public:
  enum class Kind : unsigned char {
    resolve,    // the host has no address
    connect,    // refused, unreachable, or the proxy said no
    tls,        // the certificate is not the expected one, or no common ground
    timeout,    // no answer within its time, or silence for longer than allowed
    closed,     // the connection ended before the answer did; also what Client::close() ends
    malformed,  // what came is not HTTP
    too_large   // a head, a body or a line above its bound
  };

  // `maybe_received`: the server may have acted on the request.
  Failure(Kind kind, const std::string& what, bool maybe_received = false)
      : std::runtime_error(what), kind_(kind), maybe_received_(maybe_received) {}
  Kind kind() const { return kind_; }
  bool maybe_received() const { return maybe_received_; }

 private:
  Kind kind_;
  bool maybe_received_;
};

}  // namespace thaw::http
