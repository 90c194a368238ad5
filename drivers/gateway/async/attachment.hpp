// Asynchronous calls of a Gateway: what its hooks call before there is a gateway, while it serves,
// and until its loop is gone.
//
//   Attachment async(settings, …);     // the file is opened
//   async.attach(hooks);
//   Gateway gateway(…, hooks);
//   async.begin(gateway);              // until then: 503
//   …
//   gateway.drain(…);
//   async.end(…);
//
// Without the last two, what is on is cut off when the gateway goes, and made again by the next
// one. Threads: one, which is not the gateway's own and destroys the gateway; dead_letters() may be
// waited for by a coroutine of any loop, callback() by the gateway's. Errors: the constructor
// throws StoreError where the file cannot be opened, or is not ours; one that is damaged is moved
// aside, and Hooks::tell hears of it. Hooks are called on the gateway's thread.
#pragma once

#include <memory>

#include "drivers/gateway/async/async.hpp"
#include "drivers/gateway/gateway.hpp"

namespace thaw::gateway::async {

class Attachment {
 public:
  Attachment(Settings settings, Async::Hooks hooks);
  Attachment(const Attachment&) = delete;
  Attachment& operator=(const Attachment&) = delete;
  ~Attachment();

  void attach(Gateway::Hooks& hooks);  // async and ended
  void begin(Gateway& gateway);
  void routed();  // after Gateway::route()
  // Attempts that are on may end within that time; the others are made again by the next gateway.
  void end(Duration within);

  // For Gateway::Hooks::pages, under kCallback, on the gateway's thread.
  Awaitable<http::Response> callback(http::Request request);
  // For the private pages, under kDeadLetters.
  Awaitable<http::Response> dead_letters(http::Request request);

  Metrics metrics() const;  // on the gateway's thread too

 private:
  struct Running;
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace thaw::gateway::async
