// An API server's bad days: a TLS proxy in front of the real one, on a thread of its own, that
// resets, hangs, refuses, cuts and delays on demand, and remembers each request.
//
// Threads: any may call it. Errors: what the real server says is passed on; where it cannot be
// asked, 502.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "drivers/kubernetes/kubeconfig.hpp"

namespace thaw::live {

enum class Fault {
  none,
  reset,      // every connection, those of watches too
  hang,       // nothing is answered, and watches fall silent
  error_500,  // every request; watches end
  throttle,   // 429 with Retry-After: 1, every request; watches end
  gone,       // 410, every watch; watches end with an ERROR event
  truncate,   // a watch ends in the middle of a line
  slow        // watches come in small pieces with pauses, answers late
};

const char* to_text(Fault fault);

struct SeenRequest {
  std::chrono::steady_clock::time_point at;
  std::string method, target;
  bool watch = false;
};

class FaultProxy {
 public:
  // As whom it asks where a request brings no token of its own: the upstream's certificate.
  explicit FaultProxy(const kubernetes::Access& upstream);
  ~FaultProxy();

  void inject(Fault fault);  // until the next one
  std::vector<SeenRequest> requests() const;

  // How to reach it, in this process.
  kubernetes::Access access(const std::string& token = {}) const;
  // The same for another: a kubeconfig file of this name. An empty token: nobody in particular.
  void write_kubeconfig(const std::string& path, const std::string& token = {}) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace thaw::live
