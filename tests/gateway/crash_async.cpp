#include "tests/gateway/crash_async.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <ostream>
#include <string>

#include "engine/random.hpp"
#include "tests/gateway/call_log.hpp"
#include "tests/gateway/caller.hpp"
#include "tests/gateway/processes.hpp"

namespace thaw::rigs {
namespace {

using namespace std::chrono_literals;

class CrashingAsync {
 public:
  explicit CrashingAsync(const CrashAsyncSize& size)
      : size_(size),
        random_(size.seed, "crash"),
        origin_(origin_command({"--log", logs_.file("origin")})) {
    start("127.0.0.1:0");
    port_ = serve_->port();
  }

  CrashedAsync run() {
    for (std::uint32_t i = 0; i < size_.callers; ++i) {
      callers_.push_back(std::make_unique<Caller>(loop_, port_));
      post_new(*callers_.back());
    }
    kill_later();
    loop_.run(now() + (size_.between + 6s) * size_.kills + 10s,
              [this] { return crashed_.kills == size_.kills && !recovering_; });
    over_ = true;
    loop_.run(now() + 10s, [this] { return under_way_ == 0; });
    wait_for_delivery();
    serve_->stop();
    return crashed_;
  }

 private:
  void start(const std::string& listen) {
    serve_.emplace(serve_command({"--listen", listen, "--async", logs_.file("queue"), "--drain",
                                  "1", "--function", "f=" + at_port(origin_.port())}));
  }

  void post_new(Caller& caller) {
    if (over_) return;
    ++under_way_;
    post(caller, "id-" + std::to_string(++last_));
  }

  void post(Caller& caller, const std::string& id) {
    caller.call(
        "POST",
        request_for("/async-function/f/call", "the body of " + id, "X-Call-Id: " + id + "\r\n"),
        "/call", [this, id, &caller](const Caller::End& end) { told(caller, id, end); });
  }

  // The same id until it has its 202.
  void told(Caller& caller, const std::string& id, const Caller::End& end) {
    if (end.status != 202) {
      const bool put_off = end.status == 429 || end.status == 503;
      if (end.status != 0) ++(put_off ? crashed_.put_off : crashed_.unexpected);
      loop_.at(now() + 20ms, [this, id, &caller] { post(caller, id); });
      return;
    }
    if (recovering_) {
      crashed_.slowest_recovery = std::max<Duration>(crashed_.slowest_recovery, end.at - killed_);
      recovering_ = false;
      kill_later();
    }
    const std::string element(end.answer.field("SlimFaas-Element-Id").value_or(""));
    const bool known = end.answer.field("X-Call-Known") == "true";
    const auto [before, first] = acknowledged_.try_emplace(id, element);
    if (first) {
      ++crashed_.acknowledged;
      if (known) ++crashed_.known;  // a 202 before it was lost with the gateway
    } else {
      if (!known) ++crashed_.twice_new;
      if (element.empty() || element != before->second) ++crashed_.another_element;
    }
    if (first && random_.below(5) == 0) return post(caller, id);
    --under_way_;
    post_new(caller);
  }

  void kill_later() {
    if (crashed_.kills == size_.kills) return;
    const auto most = static_cast<std::uint64_t>(2 * size_.between.count());
    loop_.at(now() + Duration(static_cast<std::int64_t>(random_.below(most))), [this] {
      killed_ = now();
      ++crashed_.kills;
      recovering_ = true;
      serve_->kill();
      start(at_port(port_));
    });
  }

  void wait_for_delivery() {
    const Instant until = now() + 60s;
    std::map<std::string, std::uint64_t> had;
    do {
      loop_.run(now() + 300ms);
      had = logs_.calls("origin");
      crashed_.lost = 0;
      for (const auto& [id, element] : acknowledged_) crashed_.lost += !had.contains(id);
    } while (crashed_.lost > 0 && now() < until);
    for (const auto& [id, times] : had) crashed_.repeated += times > 1;
  }

  CrashAsyncSize size_;
  Random random_;
  Loop loop_;
  CallLogs logs_;
  Server origin_;
  std::optional<Server> serve_;
  std::uint16_t port_ = 0;
  std::vector<std::unique_ptr<Caller>> callers_;
  std::map<std::string, std::string> acknowledged_;  // id, element
  std::uint64_t last_ = 0, under_way_ = 0;
  bool over_ = false, recovering_ = false;
  Instant killed_;
  CrashedAsync crashed_;
};

}  // namespace

CrashedAsync crash_async(const CrashAsyncSize& size) { return CrashingAsync(size).run(); }

bool CrashedAsync::holds() const {
  return acknowledged > 0 && lost == 0 && twice_new == 0 && another_element == 0 &&
         unexpected == 0 && kills > 0 && slowest_recovery < 5s;
}

std::ostream& operator<<(std::ostream& out, const CrashedAsync& crashed) {
  return out << "kills: " << crashed.kills << "\nids acknowledged: " << crashed.acknowledged
             << "\nof them told as known, the first 202 lost with the gateway: " << crashed.known
             << "\nlost: " << crashed.lost << "\nacknowledged twice as new: " << crashed.twice_new
             << "\nunder another element's id: " << crashed.another_element
             << "\ndelivered more than once: " << crashed.repeated
             << "\nput off (429, 503): " << crashed.put_off
             << "\nanswers other than these: " << crashed.unexpected
             << "\nslowest recovery: " << seconds(crashed.slowest_recovery) << " s\n";
}

}  // namespace thaw::rigs
