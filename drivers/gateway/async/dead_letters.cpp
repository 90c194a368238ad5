#include "drivers/gateway/async/dead_letters.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

namespace thaw::gateway::async {
namespace {

constexpr std::size_t kPage = 100;

// "NAME.NAMESPACE" or "NAME"; a namespace has no dot in it.
FunctionName function_in(std::string_view text) {
  const std::size_t dot = text.rfind('.');
  if (dot == std::string_view::npos) return {"", std::string(text)};
  return {std::string(text.substr(dot + 1)), std::string(text.substr(0, dot))};
}

http::Response page(const std::vector<DeadLetter>& letters) {
  nlohmann::json items = nlohmann::json::array();
  for (const DeadLetter& letter : letters) {
    items.push_back({{"id", letter.id},
                     {"namespace", letter.function.first},
                     {"function", letter.function.second},
                     {"accepted", to_text(letter.accepted)},
                     {"attempts", letter.attempts},
                     {"method", letter.method},
                     {"target", letter.target},
                     {"outcome", letter.outcome}});
  }
  nlohmann::json all = {{"items", std::move(items)}};
  if (letters.size() == kPage) all["after"] = letters.back().id;
  const auto replace = nlohmann::json::error_handler_t::replace;  // what is no UTF-8
  return {200, {{"Content-Type", "application/json"}}, all.dump(-1, ' ', false, replace) + "\n"};
}

Awaitable<http::Response> list(Journal& journal, FunctionName of, std::string after) {
  std::vector<DeadLetter> letters;
  co_await journal.read([&](Store& store) { letters = store.dead_letters(of, after, kPage); });
  co_return page(letters);
}

Awaitable<http::Response> answer(Journal& journal, Delivery& delivery, std::string method,
                                 std::string path, std::string after) {
  if (method == "GET") {
    http::Response listed = co_await list(journal, function_in(path), std::move(after));
    co_return listed;
  }
  bool found = false;
  if (method == "POST" && path.ends_with("/retry")) {
    found = co_await delivery.revive(path.substr(0, path.rfind('/')));
  } else if (method == "DELETE") {
    found = co_await delivery.drop(path);
  } else {
    co_return http::plain(405, "GET, DELETE …/ID, or POST …/ID/retry\n");
  }
  if (!found) co_return http::plain(404, "there is no such dead letter\n");
  co_return http::Response{204, {}, ""};
}

}  // namespace

Awaitable<http::Response> answer_dead_letters(Journal& journal, Delivery& delivery,
                                              http::Request request) {
  const std::string_view target = request.target;
  const std::size_t query = std::min(target.find('?'), target.size());
  std::string_view path = target.substr(0, query);
  path.remove_prefix(std::min(path.size(), kDeadLetters.size()));
  if (path.starts_with('/')) path.remove_prefix(1);
  constexpr std::string_view kAfter = "?after=";
  std::string_view after = target.substr(query);
  after.remove_prefix(after.starts_with(kAfter) ? kAfter.size() : after.size());
  try {
    http::Response response = co_await answer(journal, delivery, std::move(request.method),
                                              std::string(path), std::string(after));
    co_return response;
  } catch (const StoreError& error) {
    co_return http::plain(503, std::string("the queue's file: ") + error.what() + "\n");
  }
}

}  // namespace thaw::gateway::async
