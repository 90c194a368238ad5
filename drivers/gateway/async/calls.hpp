// The HTTP side of asynchronous calls: from a request to an answer.
//
//   any /async-function/NAME/PATH                           call(): 202 once it is on disk
//   POST /async-function-callback/NAME/ID/success|error     callback(): 200 once it is on disk
//
// 202 bears SlimFaas-Element-Id (the element's id) and X-Call-Id (the caller's own, else that id).
// A repeated request is answered with the first one's id and X-Call-Known: true, and is not queued
// again. Which one is repeated is told by Idempotency-Key (the same key with another request: 422),
// or, without it, by X-Call-Id together with method, path and body: OpenFaaS's functions pass
// X-Call-Id on to all that they call, so that alone it does not make two calls one.
// Other answers: 400 (X-Callback-Url or a key that cannot be), 404 (no such function or element),
// 405, 413, 429 with Retry-After (the function's queue is full), 503 with Retry-After (the file is
// full, or cannot be written). Whether a caller may call is the data path's to say before.
// Threads: the executor's one.
// Sources: SlimFaas 0.81 (paths, 202, callbacks), OpenFaaS (X-Call-Id, X-Callback-Url); the draft
// of the Idempotency-Key header.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "drivers/gateway/async/callback_rule.hpp"
#include "drivers/gateway/async/delivery.hpp"

namespace thaw::gateway::async {

constexpr std::string_view kCallback = "/async-function-callback/";

class Calls {
 public:
  struct Ports {
    Journal& journal;
    Delivery& delivery;
    Invoker& invoker;
    Room& room;
    const CallbackRule& callback_rule;
    std::function<TimePoint()> now;
  };
  struct Counts {
    std::uint64_t accepted = 0, known = 0, rejected = 0;  // rejected: 429 and 503
  };
  Calls(std::size_t body, Ports ports) : body_(body), ports_(std::move(ports)) {}

  // `target`: path and query as the function sees them.
  Awaitable<http::Response> call(FunctionName function, std::string target, http::Request request);
  // Who knows an element's id is whom it was sent to: nothing else is asked.
  Awaitable<http::Response> callback(http::Request request);

  const std::map<FunctionName, Counts>& counts() const { return counts_; }
  void stop() { stopping_ = true; }       // 503 from now on
  std::size_t on() const { return on_; }  // calls on their way to the disk

 private:
  Awaitable<http::Response> queue(Call call, Room::Taken room);

  std::size_t body_;
  Ports ports_;
  std::map<FunctionName, Counts> counts_;
  std::size_t on_ = 0;
  bool stopping_ = false;
};

}  // namespace thaw::gateway::async
