// A queue in a folder of its own, a function that answers as a test says, and a clock that the test
// moves.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "drivers/gateway/async/async.hpp"
#include "tests/drivers/gateway/async/folder.hpp"
#include "tests/drivers/run_here.hpp"

namespace thaw::gateway::async {

inline const FunctionName kResize = {"default", "resize"};

// Replicas that are not there: what they are asked is noted, and `answer` says what they say.
class Replicas final : public Invoker {
 public:
  struct Asked {
    http::Request request;
    TimePoint at;
    Duration within;
    std::string header(std::string_view name) const {
      return std::string(http::find_header(request.headers, name).value_or("(none)"));
    }
  };

  explicit Replicas(std::function<TimePoint()> now) : now_(std::move(now)) {
    routes[kResize] = route_of(1);
  }
  static Route route_of(std::size_t ready) {
    Route route;
    route.name = kResize;
    route.ready.resize(ready);
    return route;
  }
  std::optional<FunctionName> find(std::string_view name) const override {
    for (const auto& [known, route] : routes) {
      if (known.second == name) return known;
    }
    return std::nullopt;
  }
  const Route* route(const FunctionName& function) const override {
    const auto found = routes.find(function);
    return found == routes.end() ? nullptr : &found->second;
  }
  Awaitable<Outcome> invoke(FunctionName, http::Request request, Duration within) override {
    asked.push_back({request, now_(), within});
    Outcome outcome = co_await answer(std::move(request));
    co_return outcome;
  }

  static Awaitable<Outcome> say(int status, std::string body = "") {
    Outcome outcome;
    outcome.status = status;
    outcome.body = std::move(body);
    outcome.headers = {{"Content-Type", "text/plain"}};
    co_return outcome;
  }

  std::map<FunctionName, Route> routes;
  std::function<Awaitable<Outcome>(http::Request)> answer = [](const http::Request&) {
    return say(200);
  };
  std::vector<Asked> asked;

 private:
  std::function<TimePoint()> now_;
};

// Where results are posted to.
class Letterbox final : public Poster {
 public:
  struct Letter {
    std::string url;
    http::Headers headers;
    std::string body;
  };
  explicit Letterbox(std::vector<Letter>& letters, int& status)
      : letters_(letters), status_(status) {}
  Awaitable<Outcome> post(std::string url, http::Headers headers, std::string body,
                          Duration) override {
    letters_.push_back({std::move(url), std::move(headers), std::move(body)});
    Outcome outcome;
    outcome.status = status_;
    co_return outcome;
  }

 private:
  std::vector<Letter>& letters_;
  int& status_;
};

class Bench {
 public:
  Bench() { settings.path = folder / "queue.db"; }
  ~Bench() { end(); }

  Async& begin() {
    Async::Hooks hooks;
    hooks.now = [this] { return now; };
    hooks.wanted = [this](const FunctionName&) { wanted.push_back(now); };
    hooks.tell = [this](const std::string& line) { told.push_back(line); };
    auto store = open_store(settings.path, settings.memory, now, hooks.tell);
    async.emplace(io.get_executor(), std::move(store), settings, replicas, std::move(hooks),
                  std::make_unique<Letterbox>(letters, letterbox_says));
    async->start();
    return *async;
  }
  // As a process that is told to end.
  void end() {
    if (!async) return;
    loopback::run_here(io, async->stop(2s, nullptr));
    async.reset();
  }
  http::Response call(http::Headers headers = {}, std::string body = "picture",
                      std::string target = "/small?w=1") {
    return loopback::run_here(io, async->call(kResize, std::move(target),
                                              {"POST", "", std::move(headers), std::move(body)}));
  }
  http::Response call_back(const std::string& path) {
    return loopback::run_here(io, async->callback({"POST", std::string(kCallback) + path, {}, ""}));
  }
  http::Response ask(const std::string& method, const std::string& target) {
    return loopback::run_here(io, async->dead_letters({method, target, {}, ""}));
  }
  // All that has to happen by now has happened: what was written is written, what was due is on.
  void settle() {
    for (int i = 0; i < 6; ++i) {
      async->routed();
      ask("GET", "/async-dead-letters");
    }
  }
  void pass(Duration length) {
    now = now + length;
    settle();
  }
  Metrics::OfFunction figures() {
    settle();
    for (const Metrics::OfFunction& of : async->metrics().functions) {
      if (of.delivery.function == kResize) return of;
    }
    return {};
  }

  Folder folder;
  Settings settings;
  TimePoint now{Duration(1'767'571'200'000'000'000)};  // 2026-01-05
  boost::asio::io_context io;
  Replicas replicas{[this] { return now; }};
  std::vector<Letterbox::Letter> letters;
  int letterbox_says = 200;
  std::vector<TimePoint> wanted;
  std::vector<std::string> told;
  std::optional<Async> async;
};

inline std::string id_of(const http::Response& response) {
  return std::string(response.header("SlimFaas-Element-Id").value_or(""));
}

}  // namespace thaw::gateway::async
