// Calls at instants drawn beforehand, whether or not earlier ones were answered.
//
// open_loop PORT PATH [CALLS_A_SECOND [SECONDS [SEED]]]; prints "median_us p99_us p999_us max_us
// failed". A latency runs from the instant that was drawn, so that a server that stalls is not
// spared the calls that it kept from being made (Tene's coordinated omission). Calls arrive as a
// Poisson process and go over kept connections, one at a time on each; where none is free another
// is opened, and the first second, in which most are opened, does not count.
#include <sys/prctl.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <vector>

#include "engine/random.hpp"
#include "tests/gateway/reader.hpp"
#include "tests/gateway/stream.hpp"

namespace thaw::rigs {
namespace {

using std::chrono::nanoseconds;

class Caller;

struct Load {
  Loop loop;
  std::uint16_t port = 0;
  std::string request;
  std::vector<std::unique_ptr<Caller>> callers;
  std::vector<Caller*> free;
  std::vector<nanoseconds> latencies;
  std::uint64_t begun = 0, ended = 0, failed = 0;
  Instant counted_from;
};

class Caller final : public Stream::Owner {
 public:
  explicit Caller(Load& load) : load_(load), stream_(load.loop, *this, load.port) {}

  void call(Instant due) {
    due_ = due;
    reader_.expect("GET");
    stream_.send(load_.request);
  }

 private:
  void came(std::string_view bytes) override {
    reader_.take(bytes);
    if (!reader_.wrong.empty()) return ended();
    if (reader_.whole.empty()) return;
    const bool ok = reader_.whole[0].status == 200;
    if (ok && due_ >= load_.counted_from) load_.latencies.push_back(now() - due_);
    if (!ok) ++load_.failed;
    ++load_.ended;
    const bool lasts = reader_.whole[0].lasts;
    reader_.whole.clear();
    reader_.heads.clear();
    if (lasts) {
      load_.free.push_back(this);
    } else {
      stream_.close();
    }
  }

  void ended() override {
    stream_.close();
    if (std::erase(load_.free, this) > 0) return;  // between calls
    ++load_.failed;
    ++load_.ended;
  }

  Load& load_;
  Reader reader_{Reader::Reads::answers};
  Instant due_;
  Stream stream_;
};

void call(Load& load, Instant due) {
  ++load.begun;
  if (load.free.empty()) {
    load.callers.push_back(std::make_unique<Caller>(load));
    load.free.push_back(load.callers.back().get());
  }
  Caller* caller = load.free.back();
  load.free.pop_back();
  caller->call(due);
}

// Each arrival draws the next.
void arrive(Load& load, Random& random, Instant due, Instant last, double rate) {
  if (due > last) return;
  load.loop.at(due, [&load, &random, due, last, rate] {
    call(load, due);
    const auto gap = static_cast<std::int64_t>(random.exponential() / rate * 1e9);
    arrive(load, random, due + nanoseconds(gap), last, rate);
  });
}

double us(const std::vector<nanoseconds>& sorted, double ratio) {
  if (sorted.empty()) return 0;
  const auto rank = static_cast<std::size_t>(ratio * static_cast<double>(sorted.size()));
  return static_cast<double>(sorted[std::min(rank, sorted.size() - 1)].count()) / 1e3;
}

int run(std::uint16_t port, const std::string& path, double rate, double seconds,
        std::uint64_t seed) {
  Load load;
  load.port = port;
  load.request = "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
  Random random(seed, "open_loop");
  const Instant start = now();
  load.counted_from = start + std::chrono::seconds(1);
  const Instant last = load.counted_from + nanoseconds(static_cast<std::int64_t>(seconds * 1e9));
  arrive(load, random, start, last, rate);
  load.loop.run(last);
  load.loop.run(last + std::chrono::seconds(5), [&] { return load.ended == load.begun; });
  std::ranges::sort(load.latencies);
  const std::uint64_t failed = load.failed + load.begun - load.ended;
  std::printf("%.1f %.1f %.1f %.1f %llu\n", us(load.latencies, 0.5), us(load.latencies, 0.99),
              us(load.latencies, 0.999), us(load.latencies, 1),
              static_cast<unsigned long long>(failed));
  return failed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace thaw::rigs

int main(int count, char** words) {
  if (count < 3) {
    std::fprintf(stderr, "open_loop PORT PATH [CALLS_A_SECOND [SECONDS [SEED]]]\n");
    return 2;
  }
  const auto number = [&](int index, double otherwise) {
    return index < count ? std::atof(words[index]) : otherwise;
  };
  prctl(PR_SET_TIMERSLACK, 1UL);  // nanoseconds; by default a sleep is 50 µs late
  return thaw::rigs::run(static_cast<std::uint16_t>(number(1, 0)), words[2], number(3, 1000),
                         number(4, 10), static_cast<std::uint64_t>(number(5, 1)));
}
