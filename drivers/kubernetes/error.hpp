// What the API server refused, or why it could not be asked, and what mends it.
//
// what(): "forbidden: patch deployments/scale in namespace x: …; apply deploy/rbac.yaml". It holds
// no secret. Source: meta/v1 Status (reason, code, details.retryAfterSeconds).
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "drivers/http/failure.hpp"
#include "drivers/http/message.hpp"
#include "engine/time.hpp"

namespace thaw::kubernetes {

class ApiError : public std::runtime_error {
 public:
  enum class Kind : unsigned char {
    unauthorized,  // 401, after the credentials were renewed once
    forbidden,     // 403
    not_found,     // 404
    conflict,      // 409: another wrote first, or the name is taken
    gone,          // 410: the version or the continuation is too old
    invalid,       // other 4xx: the request itself is wrong
    throttled,     // 429
    server,        // 5xx
    unreachable,   // no connection, or it broke
    timeout,
    tls,
    malformed  // the answer is not what the API promises
  };

  struct Facts {
    Kind kind = Kind::malformed;
    int status = 0;       // 0: no answer came
    std::string request;  // "patch deployments/scale in namespace x"
    std::string reason;   // the server's own words, or the failure's
    std::string mend;     // what to do about it; may be empty
    std::optional<Duration> retry_after;
    bool maybe_received = false;  // without an answer: the server may have acted
  };

  explicit ApiError(Facts facts);
  Kind kind() const { return facts_.kind; }
  int status() const { return facts_.status; }
  const std::string& request() const { return facts_.request; }
  const std::string& reason() const { return facts_.reason; }
  const std::string& mend() const { return facts_.mend; }
  std::optional<Duration> retry_after() const { return facts_.retry_after; }
  bool maybe_received() const { return facts_.maybe_received; }

  // Whether the same request may succeed later: throttled, server, unreachable, timeout, 408.
  bool passing() const;

 private:
  Facts facts_;
};

std::string_view to_text(ApiError::Kind kind);

// "patch", "/apis/apps/v1/namespaces/x/deployments/y/scale" → "patch deployments/scale y in
// namespace x". `verb` is the API's: get, list, watch, create, update, patch, delete.
std::string describe(std::string_view verb, std::string_view target);

ApiError error_of(const http::Request& request, const http::Response& response);
ApiError error_of(const http::Request& request, const http::Failure& failure);

}  // namespace thaw::kubernetes
