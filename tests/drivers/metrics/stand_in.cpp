#include "tests/drivers/metrics/stand_in.hpp"

#include <algorithm>

namespace thaw::metrics {

StandIn::StandIn(boost::asio::io_context& io)
    : server_(io, std::nullopt, [this](loopback::Visit& visit) { return answer(visit); }) {}

std::size_t StandIn::asked_for(std::string_view part) const {
  return static_cast<std::size_t>(std::count_if(
      asked_.begin(), asked_.end(),
      [&](const std::string& request) { return request.find(part) != std::string::npos; }));
}

Awaitable<void> StandIn::answer(loopback::Visit& visit) {
  const http::Request& request = visit.request;
  asked_.push_back(request.method + " " + request.target +
                   (request.body.empty() ? "" : " " + request.body));
  authorization_ = http::find_header(request.headers, "Authorization").value_or("");
  Said said{404, "404 page not found", {}};
  for (const auto& [part, what] : said_) {
    if (asked_.back().find(part) != std::string::npos) said = what;
  }
  if (said.after > Duration{0}) co_await visit.pause(said.after);
  while (silent_) co_await visit.pause(std::chrono::milliseconds(5));
  co_await visit.answer(said.status, said.body);
}

}  // namespace thaw::metrics
