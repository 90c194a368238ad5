// Posts over HTTP, to where CallbackRule lets it. A connection of its own for each post.
#pragma once

#include "drivers/gateway/async/callback_rule.hpp"
#include "drivers/gateway/async/callbacks.hpp"

namespace thaw::gateway::async {

class CallbackClient final : public Poster {
 public:
  CallbackClient(boost::asio::any_io_executor executor, const CallbackRule& rule)
      : executor_(std::move(executor)), rule_(rule) {}
  Awaitable<Outcome> post(std::string url, http::Headers headers, std::string body,
                          Duration within) override;

 private:
  boost::asio::any_io_executor executor_;
  const CallbackRule& rule_;
};

}  // namespace thaw::gateway::async
