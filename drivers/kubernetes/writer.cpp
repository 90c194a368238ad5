#include "drivers/kubernetes/writer.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "drivers/kubernetes/sleep.hpp"

namespace thaw::kubernetes {
namespace {

http::Request with_body(const char* method, std::string target, const Json& body,
                        const char* type = "application/json") {
  http::Request request;
  request.method = method;
  request.target = std::move(target);
  request.headers.emplace_back("Content-Type", type);
  request.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
  return request;
}

// 409 and the other 4xx say what is wrong, and will say it again.
bool may_repeat(const ApiError& error, Repeat repeat) {
  if (!error.passing()) return false;
  if (repeat == Repeat::absolute) return error.status() != 501;
  return error.kind() == ApiError::Kind::throttled ||
         (error.status() == 0 && !error.maybe_received());
}

}  // namespace

Writer::Writer(Transport& transport, Random random, BackoffSettings backoff)
    : transport_(transport), random_(random), backoff_(backoff) {}

Awaitable<Json> Writer::repeated(http::Request request, Duration within, Repeat repeat) {
  const SteadyInstant until = steady_now() + within;
  Backoff backoff(backoff_, random_);
  random_.bits();  // the next write waits otherwise
  for (;;) {
    // A connection that hangs must leave time for another.
    const Duration left = until - steady_now();
    const Duration once = repeat == Repeat::absolute ? left / 2 : left;
    std::optional<ApiError> error;
    try {
      if (request.method != "GET") ++writes_;
      const http::Response response = co_await transport_.send(request, once);
      if (response.ok()) {
        Json object = Json::parse(response.body, nullptr, false);
        if (object.is_discarded()) object = Json::object();  // done all the same
        co_return object;
      }
      error = error_of(request, response);
    } catch (const ApiError& failed) {
      error = failed;
    }
    const SteadyInstant now = steady_now();
    const Duration wait = backoff.next(now, error->retry_after());
    if (!may_repeat(*error, repeat) || transport_.closed() || now + wait >= until) throw *error;
    boost::asio::steady_timer timer(transport_.executor());
    co_await sleep(timer, wait);
  }
}

Awaitable<Json> Writer::create(std::string collection, const Json& object, Duration within,
                               Repeat repeat) {
  return repeated(with_body("POST", std::move(collection), object), within, repeat);
}

Awaitable<Json> Writer::patch(std::string path, const Json& merge, Duration within, Repeat repeat) {
  return repeated(with_body("PATCH", std::move(path), merge, "application/merge-patch+json"),
                  within, repeat);
}

Awaitable<Json> Writer::put(std::string path, const Json& object, Duration within, Repeat repeat) {
  return repeated(with_body("PUT", std::move(path), object), within, repeat);
}

Awaitable<Json> Writer::remove(std::string path, const Json& options, Duration within) {
  return repeated(with_body("DELETE", std::move(path), options), within, Repeat::absolute);
}

Awaitable<Json> Writer::get(std::string path, Duration within) {
  http::Request request;
  request.target = std::move(path);
  return repeated(std::move(request), within, Repeat::absolute);
}

}  // namespace thaw::kubernetes
