// The only class that can change a cluster. `--shadow` never makes one.
//
// A try that fails without an answer, or with 408, 429, 500, 502, 503 or 504, is repeated within
// `within`, after what Retry-After says or a back-off with jitter, where the write is absolute:
// doing it twice is the same as once. Any other write is repeated only if the server cannot have
// seen it (429, or no connection). 4xx is never repeated: 409 is the caller's to understand.
// Errors: ApiError. Threads: those of the Transport, which outlives it.
#pragma once

#include <cstdint>
#include <string>

#include "drivers/http/awaitable.hpp"
#include "drivers/kubernetes/backoff.hpp"
#include "drivers/kubernetes/json.hpp"
#include "drivers/kubernetes/transport.hpp"
#include "engine/time.hpp"

namespace thaw::kubernetes {

enum class Repeat : unsigned char { unseen_only, absolute };

class Writer {
 public:
  explicit Writer(Transport& transport, Random random = unrepeatable("writes"),
                  BackoffSettings backoff = {.first = 200ms, .most = 5s});

  // Each returns the object as the server keeps it now. `within` covers all tries.
  Awaitable<Json> create(std::string collection, const Json& object, Duration within = 10s,
                         Repeat repeat = Repeat::unseen_only);
  Awaitable<Json> patch(std::string path, const Json& merge, Duration within = 10s,
                        Repeat repeat = Repeat::absolute);
  // With metadata.resourceVersion it is a compare and set: 409 when another wrote first.
  Awaitable<Json> put(std::string path, const Json& object, Duration within = 10s,
                      Repeat repeat = Repeat::absolute);
  Awaitable<Json> remove(std::string path, const Json& options, Duration within = 10s);
  // For a write that needs to look first: within the same rules.
  Awaitable<Json> get(std::string path, Duration within = 10s);

  std::uint64_t writes() const { return writes_; }  // tries sent, reads not counted
  Transport& transport() const { return transport_; }

 private:
  Awaitable<Json> repeated(http::Request request, Duration within, Repeat repeat);

  Transport& transport_;
  Random random_;
  BackoffSettings backoff_;
  std::uint64_t writes_ = 0;
};

}  // namespace thaw::kubernetes
