#include "tests/gateway/slowloris.hpp"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "tests/gateway/caller.hpp"
#include "tests/gateway/processes.hpp"

namespace thaw::rigs {
namespace {

using namespace std::chrono_literals;

enum class Way { head, body, reader };

// One connection of the attack; another takes its place when it is cut.
class Attacker final : public Stream::Owner {
 public:
  Attacker(Loop& loop, std::uint16_t port, Way way, Duration drip, std::uint64_t& cut)
      : loop_(loop), port_(port), way_(way), drip_(drip), cut_(cut) {
    begin();
  }
  void end() { over_ = true; }
  bool connected() const { return connected_; }

 private:
  void begin() {
    if (over_) return;
    connected_ = false;
    stream_.emplace(loop_, *this, port_);
    stream_->send(opening());
    if (way_ == Way::reader) stream_->read(false);
  }

  std::string_view opening() const {
    switch (way_) {
      case Way::head:
        return "GET /function/f/ HTTP/1.1\r\nHost: gateway\r\nX-Slow: ";
      case Way::body:
        return "POST /function/f/ HTTP/1.1\r\nHost: gateway\r\nContent-Length: 1000000\r\n\r\n";
      case Way::reader:
        return "GET /function/f/?size=100000000 HTTP/1.1\r\nHost: gateway\r\n\r\n";
    }
    return {};
  }

  void opened() override {
    connected_ = true;
    if (way_ != Way::reader) drop();
  }

  void drop() {
    loop_.at(now() + drip_, [this, of = ++dripping_] {
      if (of != dripping_ || over_ || !stream_->open()) return;
      stream_->send("x");
      drop();
    });
  }

  void came(std::string_view) override {}
  void ended() override {
    ++cut_;
    connected_ = false;
    loop_.soon([this] { begin(); });
  }

  Loop& loop_;
  std::uint16_t port_;
  Way way_;
  Duration drip_;
  std::uint64_t& cut_;
  std::uint64_t dripping_ = 0;
  bool over_ = false, connected_ = false;
  std::optional<Stream> stream_;
};

// Calls one after the other until it is to stop.
class Client {
 public:
  Client(Loop& loop, std::uint16_t port) : loop_(loop), caller_(loop, port) {}

  Besieged::Served serve(Duration length) {
    latencies_.clear();
    failed_ = 0;
    until_ = now() + length;
    busy_ = true;
    call();
    loop_.run(until_ + 30s, [this] { return !busy_; });
    if (busy_) ++failed_;
    Besieged::Served served{latencies_.size() + failed_, failed_, {}, {}, {}};
    if (latencies_.empty()) return served;
    std::ranges::sort(latencies_);
    served.p50 = latencies_[latencies_.size() / 2];
    served.p99 = latencies_[latencies_.size() * 99 / 100];
    served.most = latencies_.back();
    return served;
  }

 private:
  void call() {
    if (++calls_ % 10 == 0) caller_.drop();
    const std::string target = "/normal?n=" + std::to_string(calls_);
    caller_.call("GET", request_for("/function/f" + target), target,
                 [this](const Caller::End& end) {
                   if (end.status == 200 && end.own) {
                     latencies_.push_back(end.at - end.sent);
                   } else {
                     ++failed_;
                   }
                   if (now() >= until_) {
                     busy_ = false;
                   } else {
                     loop_.at(now() + 5ms, [this] { call(); });
                   }
                 });
  }

  Loop& loop_;
  Caller caller_;
  Instant until_;
  bool busy_ = false;
  std::uint64_t calls_ = 0, failed_ = 0;
  std::vector<Duration> latencies_;
};

// "TCP: inuse 7 orphan 0 tw 0 alloc 7 mem 144", in pages.
std::size_t tcp_bytes() {
  std::ifstream in("/proc/net/sockstat");
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with("TCP:")) continue;
    const std::size_t pages = std::stoull(line.substr(line.rfind(' ') + 1));
    return pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  }
  return 0;
}

std::string text(Duration duration) { return std::to_string(seconds(duration)); }

}  // namespace

Besieged besiege(const SlowlorisSize& size) {
  // Attackers share the loop of the client, so what it measures is rather too much.
  Server origin(origin_command());
  Server serve(serve_command({"--head-within", text(size.head_within), "--stall", text(size.stall),
                              "--drain", "0", "--function", "f=" + at_port(origin.port())}));
  Loop loop;
  Client client(loop, serve.port());
  Besieged besieged;
  besieged.before = client.serve(std::min<Duration>(size.attack / 3, 5s));

  std::vector<std::unique_ptr<Attacker>> attackers;
  const Instant start = now();
  for (std::uint32_t i = 0; i < size.connections; ++i) {
    loop.at(start + size.attack / 5 * i / size.connections, [&, i] {
      attackers.push_back(std::make_unique<Attacker>(loop, serve.port(), static_cast<Way>(i % 3),
                                                     size.drip, besieged.cut));
    });
  }
  loop.at(start + size.attack / 2, [&] {
    besieged.resident_bytes = serve.resident_bytes();
    besieged.kernel_bytes = tcp_bytes();
  });
  besieged.during = client.serve(size.attack);
  besieged.attackers = static_cast<std::uint32_t>(
      std::ranges::count_if(attackers, [](const auto& each) { return each->connected(); }));
  for (const auto& attacker : attackers) attacker->end();
  besieged.resident_peak_bytes = serve.resident_peak_bytes();
  besieged.alive = serve.alive() && serve.stop() == 0;
  return besieged;
}

bool Besieged::holds() const {
  return alive && during.calls > 0 && during.failed == 0 && before.failed == 0 && during.p99 < 1s &&
         cut > 0 && resident_peak_bytes < 500'000'000;
}

std::ostream& operator<<(std::ostream& out, const Besieged& besieged) {
  const auto served = [&](const char* when, const Besieged::Served& of) {
    out << when << ": " << of.calls << " calls, " << of.failed << " failed, p50 "
        << seconds(of.p50) * 1e3 << " ms, p99 " << seconds(of.p99) * 1e3 << " ms, at most "
        << seconds(of.most) * 1e3 << " ms\n";
  };
  served("client before the attack", besieged.before);
  served("client during the attack", besieged.during);
  return out << "attackers connected at the end: " << besieged.attackers
             << "\nattackers cut: " << besieged.cut
             << " times\ngateway, memory half-way: " << megabytes(besieged.resident_bytes)
             << " MB\ngateway, memory at most: " << megabytes(besieged.resident_peak_bytes)
             << " MB\nthe kernel's, of all TCP half-way: " << megabytes(besieged.kernel_bytes)
             << " MB\ngateway ended in order: " << (besieged.alive ? "yes" : "no") << '\n';
}

}  // namespace thaw::rigs
