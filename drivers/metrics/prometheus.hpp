// Asks Prometheus, or whatever speaks its HTTP API, for the number that an expression is now.
//
// VictoriaMetrics is the same with a base path ("/prometheus", "/select/TENANT/prometheus" of a
// cluster) and hides the newest 30 s unless told otherwise; other stores pass over what tells it.
// An answer's `taken` is that of the oldest sample that the expression reads, by the store's own
// clock: see selectors.hpp. Where that is not understood it is the time of asking.
// Errors: none thrown, an Answer of presence error. Threads: those of the executor.
#pragma once

#include <string>

#include "drivers/http/awaitable.hpp"
#include "drivers/http/client.hpp"
#include "drivers/metrics/answer.hpp"
#include "drivers/metrics/prometheus_reply.hpp"
#include "engine/ports.hpp"

namespace thaw::metrics {

struct StoreSettings {
  http::Endpoint endpoint;
  std::string token_file = {};   // a bearer token, read again for each question; empty: none
  Duration deadline = 5s;        // of each question, the store's part included
  Duration latency_offset = 1s;  // of VictoriaMetrics; whole milliseconds
};

class Prometheus {
 public:
  // `clock` outlives it.
  Prometheus(boost::asio::any_io_executor executor, StoreSettings settings, const Clock& clock);

  Awaitable<Answer> query(std::string expression);
  void close();  // ends every question under way

 private:
  Awaitable<Reply> ask(std::string expression);
  http::Request request(std::string expression) const;

  StoreSettings settings_;
  const Clock& clock_;
  http::Client client_;
};

}  // namespace thaw::metrics
