#include "tests/gateway/crash.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <ostream>
#include <set>

#include "engine/random.hpp"
#include "tests/gateway/call_log.hpp"
#include "tests/gateway/caller.hpp"
#include "tests/gateway/processes.hpp"

namespace thaw::rigs {
namespace {

using namespace std::chrono_literals;

// How long a kill may be on its way to the rig's caller, through the kernel and a busy machine.
constexpr Duration kSlack = 200ms;

class Crashing {
 public:
  explicit Crashing(const CrashSize& size)
      : size_(size),
        random_(size.seed, "crash"),
        origins_{new_origin(), new_origin(), new_origin()},
        serve_(serve_command({"--drain", "0", "--connect", "1", "--function", "f=" + replicas(),
                              "--timeout", "10"})) {}

  Crashed run() {
    const Instant start = now();
    until_ = start + size_.between * (size_.kills + 1);
    for (std::uint32_t i = 0; i < size_.callers; ++i) {
      callers_.push_back(std::make_unique<Caller>(loop_, serve_.port()));
      call(*callers_.back());
    }
    for (std::uint32_t i = 1; i <= size_.kills; ++i) {
      const auto shift = static_cast<std::int64_t>(random_.below(500'000'000));
      loop_.at(start + size_.between * i + Duration(shift), [this] { kill_one(); });
    }
    loop_.run(until_ + 13s, [this] { return now() > until_ && ended_ == begun_; });
    crashed_.calls = begun_;
    crashed_.hung = begun_ - ended_;
    count_logged();
    serve_.stop();
    return crashed_;
  }

 private:
  std::unique_ptr<Server> new_origin() {
    return std::make_unique<Server>(
        origin_command({"--log", logs_.file("origin-" + std::to_string(++born_))}));
  }

  std::string replicas(const char* between = ",") const {
    std::string text;
    for (const auto& origin : origins_) {
      if (origin) text += (text.empty() ? "" : between) + at_port(origin->port());
    }
    return text;
  }

  void call(Caller& caller) {
    const std::uint64_t number = begun_++;
    std::string target = "/call?n=" + std::to_string(number);
    target += number % 3 == 0 ? "&chunks=10&size=100&pause=5"
                              : "&delay=" + std::to_string(random_.below(60));
    const std::string id = "id-" + std::to_string(number);
    caller.call("POST", request_for("/function/f" + target, "body", "X-Call-Id: " + id + "\r\n"),
                target, [this, id, &caller](const Caller::End& end) { told(id, end, caller); });
  }

  void told(const std::string& id, const Caller::End& end, Caller& caller) {
    ++ended_;
    if (end.status == 200 && end.own) {
      ++crashed_.answered;
      answered_.insert(id);
    } else if (end.status == 502 || (end.status == 0 && end.begun)) {
      ++(end.status == 502 ? crashed_.refused : crashed_.cut);
      // Reached by the kill while it was on.
      const bool explained = std::ranges::any_of(
          kills_, [&](Instant kill) { return end.sent <= kill + kSlack && end.at >= kill; });
      if (!explained) ++crashed_.unexplained;
    } else {
      ++(end.status == 0 ? crashed_.unanswered : crashed_.other);
    }
    if (now() < until_) call(caller);
  }

  void kill_one() {
    const std::size_t which = random_.below(origins_.size());
    if (!origins_[which]) return;
    kills_.push_back(now());
    origins_[which]->kill();
    loop_.at(now() + 200ms, [this, which] {
      origins_[which] = nullptr;
      serve_.tell("route f " + replicas(" "));
    });
    loop_.at(now() + 400ms, [this, which] {
      origins_[which] = new_origin();
      serve_.tell("route f " + replicas(" "));
    });
  }

  void count_logged() {
    const auto logged = logs_.calls("origin-");
    for (const auto& [id, times] : logged) crashed_.twice += times > 1;
    for (const std::string& id : answered_) crashed_.unlogged += !logged.contains(id);
  }

  CrashSize size_;
  Random random_;
  Loop loop_;
  CallLogs logs_;
  int born_ = 0;
  std::array<std::unique_ptr<Server>, 3> origins_;
  Server serve_;
  Instant until_;
  std::vector<std::unique_ptr<Caller>> callers_;
  std::vector<Instant> kills_;
  std::set<std::string> answered_;
  std::uint64_t begun_ = 0, ended_ = 0;
  Crashed crashed_;
};

}  // namespace

Crashed crash(const CrashSize& size) { return Crashing(size).run(); }

bool Crashed::holds() const {
  return answered > 0 && refused + cut > 0 && unanswered == 0 && hung == 0 && other == 0 &&
         unexplained == 0 && twice == 0 && unlogged == 0 && answered + refused + cut == calls;
}

std::ostream& operator<<(std::ostream& out, const Crashed& crashed) {
  return out << "calls: " << crashed.calls << "\nanswered (200): " << crashed.answered
             << "\n502: " << crashed.refused << "\nanswer ended short: " << crashed.cut
             << "\nconnection ended without an answer: " << crashed.unanswered
             << "\nhung: " << crashed.hung << "\nanother status: " << crashed.other
             << "\n502 or short though no origin died: " << crashed.unexplained
             << "\nmade twice: " << crashed.twice
             << "\nanswered, but no origin had it: " << crashed.unlogged << '\n';
}

}  // namespace thaw::rigs
