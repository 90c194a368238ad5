#include "drivers/gateway/conversation.hpp"

#include <string>
#include <utility>

#include "drivers/gateway/call.hpp"
#include "drivers/gateway/caller.hpp"
#include "drivers/gateway/pages.hpp"
#include "drivers/gateway/target.hpp"

namespace thaw::gateway {
namespace {

// The function asked for, where this caller may call it: to others it is not there. What counts is
// the address that the connection comes from. X-Forwarded-For is the caller's own word, and behind
// an ingress, which is no pod of a function, everybody is outside, as should be.
std::shared_ptr<Function> function_for(const Core& core, const Caller& caller,
                                       const Target& target) {
  std::shared_ptr<Function> function = core.balancer.find(target.name);
  if (function && hidden(function->route().visibility, target.rest) && !core.inside(caller.peer)) {
    function.reset();
  }
  return function;
}

Awaitable<void> unknown(Caller& caller) {
  // A body that is there already is passed over, so that the connection may stay.
  BodyReader& body = caller.body;
  body.begin(caller.head.framing, caller.head.length);
  const std::size_t size = caller.head_size;
  const BodyReader::Step step = body.feed(caller.in.data() + size, caller.in.size() - size);
  caller.in.drop(size + step.taken);
  caller.read_all = body.done();
  co_await caller.refuse(404, "there is no such function");
}

Awaitable<void> serve(Core& core, Caller& caller) {
  const Target target = split(caller.head.target);
  if (target.kind == Target::Kind::page) {
    co_await serve_page(core, caller);
    co_return;
  }
  std::shared_ptr<Function> function = function_for(core, caller, target);
  const bool async = target.kind == Target::Kind::async_function;
  if (!function || (async && !core.hooks.async)) {
    co_await unknown(caller);
    co_return;
  }
  if (async) {
    std::string rest(target.rest);
    if (!rest.starts_with('/')) rest.insert(rest.begin(), '/');
    co_await serve_async(core, caller, function->name(), std::move(rest));
    co_return;
  }
  Call call(core, caller, std::move(function), target.rest);
  co_await call.run();
}

}  // namespace

Awaitable<void> converse(Core& core, Channel::Socket socket,
                         std::unique_ptr<http::TlsSession> tls) {
  Caller caller(core, std::move(socket), std::move(tls));
  const bool begun = co_await caller.begin();
  if (!begun) co_return;
  while (caller.keep) {
    const bool asked = co_await caller.read_head();
    if (!asked) break;
    co_await serve(core, caller);
  }
  co_await caller.linger();
}

}  // namespace thaw::gateway
