#include "drivers/kubernetes/reader.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "drivers/kubernetes/backoff.hpp"
#include "drivers/kubernetes/json_fields.hpp"
#include "drivers/kubernetes/list_parser.hpp"
#include "drivers/kubernetes/sleep.hpp"

namespace thaw::kubernetes {
namespace {

http::Request request_for(const std::string& target) {
  http::Request request;
  request.target = target;
  return request;
}

ApiError malformed(const std::string& target, const std::string& what) {
  ApiError::Facts facts;
  facts.request = describe("get", target);
  facts.reason = what;
  return ApiError(std::move(facts));
}

// "/pods" with its selectors and what is asked besides.
std::string target_of(const Collection& collection, const std::string& more) {
  std::string target = collection.path + "?" + more;
  if (!collection.label_selector.empty()) {
    target += "&labelSelector=" + http::percent_encoded(collection.label_selector);
  }
  if (!collection.field_selector.empty()) {
    target += "&fieldSelector=" + http::percent_encoded(collection.field_selector);
  }
  return target;
}

// An ERROR event holds the Status that would have been the answer.
ApiError error_in(const std::string& target, const Json& status) {
  http::Response response;
  response.status = static_cast<int>(number_at(status, {"code"}, 500));
  response.body = status.dump();
  return error_of(request_for(target), response);
}

// One line of a watch. `refused` is set by an ERROR event, which ends it.
void tell_event(const std::string& target, std::string_view line, std::optional<ApiError>& refused,
                const std::function<void(std::string_view, Json&&)>& event) {
  if (refused) return;
  Json parsed = Json::parse(line, nullptr, false);
  const auto object = parsed.is_object() ? parsed.find("object") : parsed.end();
  if (!parsed.is_object() || object == parsed.end() || !object->is_object()) {
    throw malformed(target, "a line that is no watch event");
  }
  const std::string type = text_at(parsed, {"type"});
  if (type == "ERROR") {
    refused = error_in(target, *object);
  } else if (type == "ADDED" || type == "MODIFIED" || type == "DELETED" || type == "BOOKMARK") {
    event(type, std::move(*object));
  } else {
    throw malformed(target, "a watch event of an unknown type");
  }
}

}  // namespace

Awaitable<std::string> Reader::get_text(std::string path) {
  Backoff backoff({.first = 500ms}, unrepeatable("reads"));
  for (int left = tries_;; --left) {
    std::optional<ApiError> error;
    try {
      http::Response response = co_await transport_.get(path, within_);
      if (response.ok()) co_return std::move(response.body);
      error = error_of(request_for(path), response);
    } catch (const ApiError& failed) {
      error = failed;
    }
    if (left <= 1 || !error->passing() || transport_.closed()) throw *error;
    boost::asio::steady_timer timer(transport_.executor());
    const Duration wait = backoff.next(steady_now(), error->retry_after());
    co_await sleep(timer, wait);
  }
}

Awaitable<Json> Reader::get(std::string path) {
  const std::string text = co_await get_text(path);
  Json parsed = Json::parse(text, nullptr, false);
  if (parsed.is_discarded()) throw malformed(path, "an answer that is no JSON");
  co_return parsed;
}

Awaitable<Chunk> Reader::list(const Collection& collection, int limit, std::string more,
                              const std::function<void(Json&&)>& object) {
  std::string query = "limit=" + std::to_string(limit);
  if (!more.empty()) query += "&continue=" + http::percent_encoded(more);
  const std::string target = target_of(collection, query);
  const http::Response response = co_await transport_.get(target, within_);
  if (!response.ok()) throw error_of(request_for(target), response);
  const auto chunk = parse_list(response.body, object);
  if (!chunk) throw malformed(target, "an answer that is no list");
  co_return *chunk;
}

Awaitable<std::vector<Json>> Reader::list_all(Collection collection) {
  std::vector<Json> objects;
  const std::function<void(Json &&)> keep = [&](Json&& object) {
    objects.push_back(std::move(object));
  };
  std::string more;
  do {
    Chunk chunk = co_await list(collection, 500, more, keep);
    more = std::move(chunk.more);
  } while (!more.empty());
  co_return objects;
}

Awaitable<void> Reader::watch(const Collection& collection, Watch watch,
                              const std::function<void(std::string_view, Json&&)>& event) {
  const auto length = std::chrono::duration_cast<std::chrono::seconds>(watch.timeout).count();
  const std::string target = target_of(
      collection, "watch=1&allowWatchBookmarks=true&timeoutSeconds=" + std::to_string(length) +
                      "&resourceVersion=" + http::percent_encoded(watch.resource_version));
  std::optional<ApiError> refused;
  http::Client::Line line = [&](std::string_view text) {
    tell_event(target, text, refused, event);
  };
  http::Response response;
  try {
    response = co_await transport_.stream(target, within_, watch.silence, std::move(line));
  } catch (const ApiError&) {
    if (!refused) throw;  // after an ERROR event the end of the stream says nothing new
  }
  if (refused) throw *refused;
  if (!response.ok()) throw error_of(request_for(target), response);
}

}  // namespace thaw::kubernetes
