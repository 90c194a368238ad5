// What a driver answers over HTTP: /healthz, /readyz, /metrics, /async-dead-letters; and SlimFaas's
// /wake-function(s) and /status-function(s), which the gateway answers too.
//
// GET and POST wake alike, as SlimFaas's did and do. A wake is answered once it cannot be lost any
// more: the state that tells of it is kept. A name is looked for in
// `NAMESPACE/NAME` form or alone, where only one namespace has it. Threads: one.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "drivers/http/awaitable.hpp"
#include "drivers/http/message.hpp"
#include "drivers/world/control.hpp"

namespace thaw::world {

class Pages {
 public:
  struct Sources {
    const Inventory& inventory;
    Control& control;
    std::function<std::string()> unready;  // why not ready, a line each; empty: ready
    std::function<std::string()> metrics;
    std::function<void()> keep_soon;
    std::function<bool(TimePoint)> kept_since;
    const Clock& clock;
    boost::asio::any_io_executor executor;
    // A standby hands a wake on to who leads; nothing: this process leads, or nobody does.
    std::function<Awaitable<std::optional<http::Response>>(std::string target)> forward;
    // Of calls that were given up; empty: no gateway takes any.
    std::function<Awaitable<http::Response>(http::Request)> dead_letters = {};
  };
  explicit Pages(Sources sources) : sources_(std::move(sources)) {}

  Awaitable<http::Response> answer(http::Request request);
  Awaitable<http::Response> answer_caller(http::Request request);  // of the gateway

 private:
  Awaitable<http::Response> wake_all(std::string target);
  // Whoever leads has answered instead, or nobody leads.
  Awaitable<http::Response> elsewhere(std::string target);
  Awaitable<http::Response> wake(std::string target, std::string_view name);
  Awaitable<bool> lasting(FunctionName function, TimePoint woken);
  http::Response status(std::string_view name) const;
  std::optional<FunctionName> find(std::string_view name) const;

  Sources sources_;
};

}  // namespace thaw::world
