// The floor that thaw's speed is held against: the same keep-alive world as bench/scenarios, in one
// loop, with nothing that a simulator for people needs (no scenario, named streams, percentiles,
// checks, files). Poisson arrivals spread evenly over functions, newest instance first, exponential
// services, a cold service where no instance is idle, a fixed idle timeout, one limit for all.
//
// Usage: bare_loop RATE FUNCTIONS SECONDS LIMIT WARM COLD KEEP_ALIVE [SEED]; times in seconds, the
// rate is that of all functions together. Prints one line of JSON.
#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <queue>
#include <vector>

namespace {

// Source: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
struct SplitMix {
  std::uint64_t state;
  std::uint64_t next() {
    std::uint64_t z = state += 0x9e37'79b9'7f4a'7c15U;
    z = (z ^ z >> 30U) * 0xbf58'476d'1ce4'e5b9U;
    z = (z ^ z >> 27U) * 0x94d0'49bb'1331'11ebU;
    return z ^ z >> 31U;
  }
  double exponential(double mean) {
    return -mean * std::log((static_cast<double>(next() >> 11U) + 0.5) * 0x1p-53);
  }
  std::uint32_t below(std::uint32_t n) {
    return static_cast<std::uint32_t>(((next() >> 32U) * n) >> 32U);
  }
};

struct Event {
  double at;
  std::uint32_t instance;
  bool expiry;                                                        // else the end of a service
  bool operator<(const Event& other) const { return at > other.at; }  // earliest on top
};

struct Instance {
  double created = 0, idle_since = 0;
  std::uint32_t function = 0, serial = 0;
  bool busy = false, watched = false;  // watched: an expiry is on its way
};

class Loop {
 public:
  Loop(std::uint32_t functions, std::size_t limit, double warm, double cold, double keep,
       std::uint64_t seed)
      : idle_(functions), limit_(limit), warm_(warm), cold_(cold), keep_(keep), random_{seed} {}

  void run(double rate, double until) {
    const double gap = 1 / rate;
    double arrival = random_.exponential(gap);
    for (;;) {
      const bool arrives = events_.empty() || arrival < events_.top().at;
      const double now = arrives ? arrival : events_.top().at;
      if (now >= until) break;
      if (arrives) {
        arrive(now);
        arrival = now + random_.exponential(gap);
        continue;
      }
      const Event event = events_.top();
      events_.pop();
      event.expiry ? expire(event.instance, now) : finish(event.instance, now);
    }
    for (const Instance& one : all_)
      if (one.function != kNobody) lived_ += until - one.created;
  }

  std::uint64_t requests() const { return requests_; }
  std::uint64_t cold_starts() const { return cold_starts_; }
  std::uint64_t rejected() const { return rejected_; }
  double lived() const { return lived_; }

 private:
  static constexpr std::uint32_t kNobody = 0xFFFF'FFFF;

  void arrive(double now) {
    ++requests_;
    const std::uint32_t function =
        idle_.size() == 1 ? 0 : random_.below(static_cast<std::uint32_t>(idle_.size()));
    auto& idle = idle_[function];
    if (!idle.empty()) {
      const std::uint32_t id = idle.back();
      idle.pop_back();
      all_[id].busy = true;
      events_.push({now + random_.exponential(warm_), id, false});
      return;
    }
    if (all_.size() - free_.size() == limit_) {
      ++rejected_;
      return;
    }
    ++cold_starts_;
    if (free_.empty()) {
      free_.push_back(static_cast<std::uint32_t>(all_.size()));
      all_.emplace_back();
    }
    const std::uint32_t id = free_.back();
    free_.pop_back();
    all_[id] = {now, 0, function, serial_++, true, false};
    events_.push({now + random_.exponential(cold_), id, false});
  }

  void finish(std::uint32_t id, double now) {
    Instance& one = all_[id];
    one.busy = false;
    one.idle_since = now;
    auto& idle = idle_[one.function];
    idle.insert(place_of(id), id);
    if (one.watched) return;
    one.watched = true;
    events_.push({now + keep_, id, true});
  }

  // One expiry an instance is on its way at a time; one that comes too early goes on.
  void expire(std::uint32_t id, double now) {
    Instance& one = all_[id];
    if (one.busy) {
      one.watched = false;
    } else if (one.idle_since + keep_ > now) {
      events_.push({one.idle_since + keep_, id, true});
    } else {
      idle_[one.function].erase(place_of(id));
      lived_ += now - one.created;
      one.function = kNobody;
      free_.push_back(id);
    }
  }

  // Idle instances lie in the order of their creation.
  std::vector<std::uint32_t>::iterator place_of(std::uint32_t id) {
    auto& idle = idle_[all_[id].function];
    return std::lower_bound(idle.begin(), idle.end(), id, [&](std::uint32_t a, std::uint32_t b) {
      return all_[a].serial < all_[b].serial;
    });
  }

  std::vector<std::vector<std::uint32_t>> idle_;
  std::size_t limit_;
  double warm_, cold_, keep_;
  SplitMix random_;
  std::vector<Instance> all_;
  std::vector<std::uint32_t> free_;
  std::priority_queue<Event> events_;
  std::uint32_t serial_ = 0;
  std::uint64_t requests_ = 0, cold_starts_ = 0, rejected_ = 0;
  double lived_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 8) {
    std::fputs("bare_loop RATE FUNCTIONS SECONDS LIMIT WARM COLD KEEP_ALIVE [SEED]\n", stderr);
    return 2;
  }
  const double until = std::atof(argv[3]);
  Loop loop(static_cast<std::uint32_t>(std::atoi(argv[2])),
            static_cast<std::size_t>(std::atoll(argv[4])), std::atof(argv[5]), std::atof(argv[6]),
            std::atof(argv[7]), argc > 8 ? static_cast<std::uint64_t>(std::atoll(argv[8])) : 1);
  loop.run(std::atof(argv[1]), until);
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto requests = static_cast<double>(loop.requests());
  std::printf(
      "{\"requests\": %.0f, \"rejected\": %.0f, \"cold_ratio\": %.6f, \"instances_mean\": %.3f, "
      "\"peak_rss_bytes\": %lld}\n",
      requests, static_cast<double>(loop.rejected()),
      static_cast<double>(loop.cold_starts()) / requests, loop.lived() / until,
      static_cast<long long>(usage.ru_maxrss) * 1024);
}
