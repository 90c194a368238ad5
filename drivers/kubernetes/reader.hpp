// What a cluster says. GET only: whoever holds a Reader alone cannot change anything.
//
// Errors: ApiError. Threads: those of the Transport, which outlives it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/http/awaitable.hpp"
#include "drivers/kubernetes/json.hpp"
#include "drivers/kubernetes/transport.hpp"
#include "engine/time.hpp"

namespace thaw::kubernetes {

struct Collection {
  std::string path;  // "/api/v1/namespaces/x/pods", "/api/v1/nodes"
  std::string label_selector = {};
  std::string field_selector = {};
};

// One answer to a list.
struct Chunk {
  std::string resource_version;
  std::string more;  // the continuation, empty at the end
};

class Reader {
 public:
  // `within` is for one try. A failure that passes is tried again up to `tries` in all, after what
  // Retry-After says or 0.5 s, 1 s, …; 4xx other than 408 and 429 never.
  explicit Reader(Transport& transport, Duration within = 10s, int tries = 3)
      : transport_(transport), within_(within), tries_(tries) {}

  // `path` may have a query. Not 2xx is an ApiError.
  Awaitable<Json> get(std::string path);
  Awaitable<std::string> get_text(std::string path);  // /version, /readyz, metrics

  // One chunk of a list of at most `limit`; each object is told as it is read, and dropped. An
  // object has the kind and apiVersion that its list says. Not tried again by itself.
  Awaitable<Chunk> list(const Collection& collection, int limit, std::string more,
                        const std::function<void(Json&&)>& object);
  // The whole list at once; for small ones.
  Awaitable<std::vector<Json>> list_all(Collection collection);

  // One watch, until the server ends it. `event` gets each line's type and object.
  struct Watch {
    std::string resource_version;
    Duration timeout{5min};  // timeoutSeconds: the server ends it after as long
    Duration silence{150s};  // bookmarks come each minute, so as long without a byte is a dead peer
  };
  Awaitable<void> watch(const Collection& collection, Watch watch,
                        const std::function<void(std::string_view type, Json&&)>& event);

  Transport& transport() const { return transport_; }

 private:
  Transport& transport_;
  Duration within_;
  int tries_;
};

}  // namespace thaw::kubernetes
