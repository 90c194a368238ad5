#include "tests/gateway/hold.hpp"

#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "tests/gateway/caller.hpp"
#include "tests/gateway/processes.hpp"

namespace thaw::rigs {
namespace {

using namespace std::chrono_literals;

struct Kind {
  std::string name;
  Duration timeout;
  int status;  // what its calls are to get
};

// Timeouts beside 20 s, as an example: 5, 10 and 18 s run out before there is a replica; `silent`
// has one that never answers from the start, `late` from when the others have theirs.
std::vector<Kind> kinds_of(const HoldSize& size) {
  const Duration after = size.replica_after;
  return {{"held", after + 300s, 200}, {"short-1", after / 4, 503},
          {"short-2", after / 2, 503}, {"short-3", after * 9 / 10, 503},
          {"silent", after / 2, 504},  {"late", after + size.sending + 1s, 504}};
}

// Nine calls of ten are held to the end.
std::size_t kind_of(std::uint32_t call, std::size_t kinds) {
  return call % 10 != 0 ? 0 : 1 + (call / 10) % (kinds - 1);
}

class Holding {
 public:
  explicit Holding(const HoldSize& size)
      : size_(size),
        kinds_(kinds_of(size)),
        origin_(origin_command()),
        serve_(serve_command(arguments())) {}

  Held run() {
    held_.calls = size_.calls;
    const Instant start = now();
    for (std::uint32_t i = 0; i < size_.calls; ++i) {
      loop_.at(start + size_.sending * i / size_.calls, [this, i] { send(i); });
    }
    loop_.at(start + std::max(size_.replica_after, size_.sending), [this] { appear(); });
    const Duration most = size_.replica_after + size_.sending + 60s;
    loop_.run(start + most, [this] { return ended_ == size_.calls; });
    held_.lost += size_.calls - ended_;
    held_.resident_peak_bytes = serve_.resident_peak_bytes();
    serve_.stop();
    while (!serve_.heard("wanted default/held", 1000).empty()) ++held_.wanted;
    return held_;
  }

 private:
  std::vector<std::string> arguments() const {
    std::vector<std::string> words = {"--connections", "20000", "--drain", "0"};
    for (const Kind& kind : kinds_) {
      const bool there = kind.name == "silent";
      words.insert(
          words.end(),
          {"--function", kind.name + (there ? "=" + at_port(origin_.port()) : ""), "--timeout",
           std::to_string(seconds(kind.timeout)), "--queue", std::to_string(size_.calls),
           "--per-replica", std::to_string(kind.status == 200 ? size_.per_replica : 0)});
    }
    return words;
  }

  void send(std::uint32_t i) {
    const Kind& kind = kinds_[kind_of(i, kinds_.size())];
    std::string target = "/call?n=" + std::to_string(i);
    if (kind.status == 504) target += "&delay=3600000";
    callers_.push_back(std::make_unique<Caller>(loop_, serve_.port()));
    callers_.back()->call("POST", request_for("/function/" + kind.name + target, "a body"), target,
                          [this, &kind](const Caller::End& end) { told(kind, end); });
  }

  void appear() {
    held_.resident_held_bytes = serve_.resident_bytes();
    appeared_ = now();
    for (const Kind& kind : kinds_) {
      if (kind.status == 503) continue;
      serve_.tell("route " + kind.name + " " + at_port(origin_.port()));
    }
  }

  void told(const Kind& kind, const Caller::End& end) {
    ++ended_;
    if (end.status == 0 || !end.own) {
      ++held_.lost;
    } else if (end.status != kind.status) {
      ++held_.unexpected;
    } else if (kind.status == 200) {
      ++held_.answered;
      held_.drained = std::max<Duration>(held_.drained, end.at - appeared_);
    } else {
      ++held_.cut;
      const Duration off = end.at - (end.sent + kind.timeout);
      held_.worst_cut = std::max(held_.worst_cut, std::chrono::abs(off));
    }
  }

  HoldSize size_;
  std::vector<Kind> kinds_;
  Loop loop_;
  Server origin_, serve_;
  std::vector<std::unique_ptr<Caller>> callers_;
  std::uint32_t ended_ = 0;
  Instant appeared_;
  Held held_;
};

}  // namespace

Held hold(const HoldSize& size) { return Holding(size).run(); }

bool Held::holds() const {
  return lost == 0 && unexpected == 0 && answered + cut == calls && wanted > 0 &&
         worst_cut <= (kSanitized ? 500ms : 100ms) && resident_peak_bytes < 1'000'000'000;
}

std::ostream& operator<<(std::ostream& out, const Held& held) {
  return out << "calls held: " << held.calls << "\nanswered (200): " << held.answered
             << "\ncut at their deadline (503, 504): " << held.cut << "\nlost: " << held.lost
             << "\nanother status: " << held.unexpected
             << "\nfurthest from its deadline: " << seconds(held.worst_cut) * 1e3
             << " ms\nfrom the replica to the last answer: " << seconds(held.drained)
             << " s\ngateway, memory with all held: " << megabytes(held.resident_held_bytes)
             << " MB\ngateway, memory at most: " << megabytes(held.resident_peak_bytes)
             << " MB\nasked for a replica: " << held.wanted << " times\n";
}

}  // namespace thaw::rigs
