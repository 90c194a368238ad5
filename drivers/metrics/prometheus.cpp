#include "drivers/metrics/prometheus.hpp"

#include <chrono>
#include <fstream>
#include <iterator>
#include <optional>

#include "drivers/metrics/form.hpp"
#include "drivers/metrics/selectors.hpp"

namespace thaw::metrics {
namespace {

// Proxies and servers cut a request line at 8 KiB, some at 4.
constexpr std::size_t kLongestQuery = 2000;

std::string milliseconds(Duration d) {
  return std::to_string(std::chrono::ceil<std::chrono::milliseconds>(d).count()) + "ms";
}

std::string token_in(const std::string& path) {
  std::ifstream file(path);
  std::string token{std::istreambuf_iterator<char>(file), {}};
  while (!token.empty() && (token.back() == '\n' || token.back() == '\r')) token.pop_back();
  return token;
}

}  // namespace

Prometheus::Prometheus(boost::asio::any_io_executor executor, StoreSettings settings,
                       const Clock& clock)
    : settings_(std::move(settings)),
      clock_(clock),
      client_(std::move(executor), settings_.endpoint) {}

void Prometheus::close() { client_.close(); }

http::Request Prometheus::request(std::string expression) const {
  const Form form{{"query", std::move(expression)},
                  {"timeout", milliseconds(settings_.deadline)},
                  // VictoriaMetrics hides the newest 30 s: every version shows them to nocache,
                  // newer ones to an offset of their own. Others pass over both.
                  {"nocache", "1"},
                  {"latency_offset", milliseconds(settings_.latency_offset)}};
  http::Request request;
  request.target = "/api/v1/query";
  request.headers = {{"Accept", "application/json"}};
  if (!settings_.token_file.empty()) {
    request.headers.emplace_back("Authorization", "Bearer " + token_in(settings_.token_file));
  }
  std::string encoded = encode(form);
  if (encoded.size() <= kLongestQuery) {
    request.target += "?" + encoded;
  } else {
    request.method = "POST";
    request.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
    request.body = std::move(encoded);
  }
  return request;
}

Awaitable<Reply> Prometheus::ask(std::string expression) {
  Reply reply;
  http::Request question = request(std::move(expression));
  try {
    const http::Response response = co_await client_.send(std::move(question), settings_.deadline);
    reply = read_reply(static_cast<unsigned>(response.status), response.body);
  } catch (const http::Failure& failure) {
    reply.trouble = failure.what();
  }
  co_return reply;
}

Awaitable<Answer> Prometheus::query(std::string expression) {
  const auto selectors = selectors_of(expression);
  Reply value = co_await ask(std::move(expression));
  const TimePoint now = clock_.now();
  std::optional<Reply> oldest;
  if (selectors && !selectors->empty() && value.samples.size() == 1) {
    oldest = co_await ask(oldest_sample_query(*selectors));
  }
  co_return to_answer(std::move(value), oldest, now);
}

}  // namespace thaw::metrics
