// What delivery asks of the data path: where a function stands, and one call of it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "drivers/gateway/routes.hpp"
#include "drivers/http/awaitable.hpp"
#include "drivers/http/message.hpp"
#include "engine/time.hpp"

namespace thaw::gateway::async {

// What came of one call.
struct Outcome {
  bool begun = true;       // false: no replica had a place, and nobody was asked
  int status = 0;          // 0: no answer came
  bool timed_out = false;  // and its time was over
  std::string failure;     // why none came, in words
  http::Headers headers;
  std::string body;  // cut off at a bound
};

class Invoker {
 public:
  virtual ~Invoker() = default;

  // "NAME" where one namespace alone has it, or "NAME.NAMESPACE".
  virtual std::optional<FunctionName> find(std::string_view name) const = 0;
  // As of now, good until the caller waits for something; null: there is no such function.
  virtual const Route* route(const FunctionName& function) const = 0;
  // Never throws for what may happen to a call. `within` counts from when a replica is asked.
  virtual Awaitable<Outcome> invoke(FunctionName function, http::Request request,
                                    Duration within) = 0;
};

}  // namespace thaw::gateway::async
