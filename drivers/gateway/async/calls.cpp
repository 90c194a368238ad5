#include "drivers/gateway/async/calls.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "drivers/gateway/async/headers.hpp"
#include "drivers/gateway/async/identity.hpp"

namespace thaw::gateway::async {
namespace {

constexpr std::size_t kLongestKey = 255;

http::Response later(int status, std::string text) {
  http::Response response = http::plain(status, std::move(text));
  response.headers.emplace_back("Retry-After", status == 429 ? "1" : "5");
  return response;
}

std::string hexadecimal(std::uint64_t number) {
  std::string text;
  for (int shift = 60; shift >= 0; shift -= 4) text += "0123456789abcdef"[(number >> shift) & 15];
  return text;
}

// What is wrong with it, or nothing.
std::string read(Call& call, http::Request&& request, const CallbackRule& rule) {
  const auto header = [&](std::string_view name) {
    return std::string(http::find_header(request.headers, name).value_or(""));
  };
  call.print = fingerprint(request);
  call.call_id = header(kCallId);
  const std::string key = header(kIdempotencyKey);
  if (key.size() > kLongestKey || call.call_id.size() > kLongestKey) {
    return "Idempotency-Key and X-Call-Id have 255 bytes at most";
  }
  if (!key.empty()) {
    call.key = "key " + key;
  } else if (!call.call_id.empty()) {
    call.key = "call " + call.call_id + " " + hexadecimal(call.print);
  }
  call.callback = header(kCallbackUrl);
  if (!call.callback.empty()) {
    const auto target = rule.target(call.callback);
    if (const auto* problem = std::get_if<std::string>(&target)) {
      return std::string(kCallbackUrl) + ": " + *problem;
    }
  }
  call.method = std::move(request.method);
  call.target = std::move(request.target);
  call.body = std::move(request.body);
  call.headers = passed_on(std::move(request.headers));
  return {};
}

http::Response accepted(const Call& call, const Store::Accepted& as) {
  http::Response response{202, {}, ""};
  response.headers.emplace_back(kElementId, as.id);
  response.headers.emplace_back(kCallId, call.call_id.empty() ? as.id : call.call_id);
  if (as.known) response.headers.emplace_back(kCallKnown, "true");
  return response;
}

}  // namespace

Awaitable<http::Response> Calls::call(FunctionName function, std::string target,
                                      http::Request request) {
  if (stopping_) co_return later(503, "draining\n");
  if (!ports_.invoker.route(function)) co_return http::plain(404, "there is no such function\n");
  if (request.body.size() > body_) {
    co_return http::plain(
        413, "an asynchronous call has " + std::to_string(body_) + " bytes of body at most\n");
  }
  request.target = (target.starts_with('/') ? "" : "/") + target;
  Call call;
  call.function = std::move(function);
  const std::string problem = read(call, std::move(request), ports_.callback_rule);
  if (!problem.empty()) co_return http::plain(400, problem + "\n");
  const Room::Taken room = ports_.room.take(call.function, call.bytes());
  ++on_;
  http::Response response = co_await queue(std::move(call), room);
  --on_;
  co_return response;
}

// Where there is no room a call that is known is still told so.
Awaitable<http::Response> Calls::queue(Call call, Room::Taken room) {
  const bool fits = room == Room::Taken::yes;
  const TimePoint now = ports_.now();
  Counts& counts = counts_[call.function];
  std::optional<Store::Accepted> as;
  std::string problem;
  try {
    if (fits) {
      co_await ports_.journal.commit([&](Store& store) { as = store.accept(call, now); });
    } else if (!call.key.empty()) {
      co_await ports_.journal.read([&](Store& store) { as = store.known(call, now); });
    }
  } catch (const StoreError& error) {
    as.reset();
    problem = error.what();
  }
  if (fits && (!as || as->known)) ports_.room.give(call.function, call.bytes());
  if (!as) {
    ++counts.rejected;
    if (!problem.empty()) co_return later(503, "the queue's file: " + problem + "\n");
    if (room == Room::Taken::function_full) {
      co_return later(429, "as many calls of this function wait as may\n");
    }
    co_return later(503, "the queue's file is full\n");
  }
  if (as->different) {
    co_return http::plain(422, "another request was sent under this Idempotency-Key\n");
  }
  ++(as->known ? counts.known : counts.accepted);
  if (!as->known) {
    Element element;
    element.position = as->position;
    element.id = as->id;
    element.function = call.function;
    element.accepted = element.due = now;
    element.bytes = call.bytes();
    ports_.delivery.add(element);
  }
  co_return accepted(call, *as);
}

Awaitable<http::Response> Calls::callback(http::Request request) {
  if (request.method != "POST") co_return http::plain(405, "POST\n");
  std::string_view path = request.target;
  path = path.substr(0, path.find('?'));
  path.remove_prefix(std::min(path.size(), kCallback.size()));
  const std::size_t name_end = path.find('/'), id_end = path.rfind('/');
  const std::string_view status = path.substr(id_end == path.npos ? path.size() : id_end + 1);
  if (name_end == id_end || (status != "success" && status != "error")) {
    co_return http::plain(400,
                          "expected " + std::string(kCallback) + "NAME/ID/success or …/error\n");
  }
  const std::optional<FunctionName> function = ports_.invoker.find(path.substr(0, name_end));
  bool known = false;
  if (function) {
    known = co_await ports_.delivery.complete(
        *function, std::string(path.substr(name_end + 1, id_end - name_end - 1)),
        status == "success");
  }
  if (!known) co_return http::plain(404, "there is no such element\n");
  co_return http::Response{200, {}, ""};
}

}  // namespace thaw::gateway::async
