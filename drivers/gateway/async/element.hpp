// A call that needs no answer at once, as it lies on disk: an element of its function's queue.
//
// Sources: SlimFaas (element, its states, its headers), OpenFaaS (X-Call-Id, X-Callback-Url).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "drivers/gateway/routes.hpp"
#include "drivers/http/message.hpp"
#include "engine/time.hpp"

namespace thaw::gateway::async {

// The order of acceptance, within one file.
using Position = std::int64_t;

// What the caller asked for.
struct Call {
  FunctionName function;
  std::string method = "POST";
  std::string target = "/";  // path and query, as the function sees them
  http::Headers headers;     // those that are passed on
  std::string body;
  std::string call_id;      // the caller's X-Call-Id; empty: the element's id is sent
  std::string key;          // a later request with the same key is this call; empty: none is
  std::uint64_t print = 0;  // fingerprint of method, target and body
  std::string callback;     // where the result is posted; empty: nowhere

  std::size_t bytes() const {
    std::size_t sum = target.size() + body.size() + callback.size();
    for (const auto& [name, value] : headers) sum += name.size() + value.size();
    return sum;
  }
};

// No state says that an attempt is on: what is waiting, and due, when a gateway starts is what it
// was at when it ended. So an attempt costs no write before it, and one that was cut off by the
// gateway's own end is made again under the same number.
enum class State : unsigned char { waiting = 0, awaiting = 1, dead = 2 };

// All of it that is kept in memory.
struct Element {
  Position position = 0;
  std::string id;
  FunctionName function;
  TimePoint accepted;
  State state = State::waiting;
  std::uint32_t attempts = 0;  // those that are over
  TimePoint due;  // waiting: the next attempt; awaiting (it answered 202): when that is given up
  std::uint64_t bytes = 0;
};

// How a call ended, to be posted to its X-Callback-Url.
struct Result {
  Position position = 0;  // among results; the store's to give
  std::string id;         // the element's
  std::string url;
  http::Headers headers;
  std::string body;
  std::uint32_t attempts = 0;
  TimePoint due;
};

}  // namespace thaw::gateway::async
