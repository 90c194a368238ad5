// Every bad day of an API server in turn, while pods come and go: the reflector ends up knowing
// what is there, each time, and asks no more often than its back-off allows.
#include <set>
#include <sstream>

#include "drivers/kubernetes/reflector.hpp"
#include "tests/live/client_case.hpp"
#include "tests/live/eventually.hpp"
#include "tests/live/fault_proxy.hpp"
#include "tests/live/names.hpp"

namespace thaw::live {
namespace {

using namespace kubernetes;
using loopback::run_until;

class Faults : public ClientCase {
 protected:
  std::size_t there() const {
    std::istringstream words(get({"pods"}, "{.items[*].metadata.uid}"));
    std::string uid;
    std::size_t count = 0;
    while (words >> uid) ++count;
    return count;
  }
  void converges_through(Fault fault);
};

constexpr auto kLength = 4s;

void Faults::converges_through(Fault fault) {
  FaultProxy proxy(transport_.access());
  Transport through(io_.get_executor(), proxy.access());
  Reader reader(through, 2s);
  Names pods;
  ReflectorSettings settings;
  settings.backoff = {.first = 200ms, .most = 1s, .jitter = 0.5};
  settings.silence = 2s;
  Reflector reflector(reader, {in_space("api/v1", "pods")}, pods, settings);
  boost::asio::co_spawn(io_, reflector.run(), [](std::exception_ptr) {});
  deploy("flock", 3);
  ASSERT_TRUE(run_until(io_, [&] { return pods.known.size() == 3; })) << reflector.last_error();

  const std::size_t before = proxy.requests().size();
  proxy.inject(fault);
  deploy("flock", 1);   // two vanish unseen
  deploy("others", 2);  // and two come
  io_.restart();
  io_.run_for(kLength);
  const std::size_t during = proxy.requests().size() - before;
  proxy.inject(Fault::none);
  EXPECT_TRUE(eventually(20s, [&] { return there() == 3; }));
  std::set<std::string> expected;
  std::istringstream words(get({"pods"}, "{.items[*].metadata.uid}"));
  for (std::string uid; words >> uid;) expected.insert(uid);
  const auto knows = [&] {
    std::set<std::string> known;
    for (const auto& [name, uid] : pods.known) known.insert(uid);
    return known == expected && reflector.synced() && reflector.watching();
  };
  EXPECT_TRUE(run_until(io_, knows)) << reflector.last_error();

  // Waits of 0.2, 0.4, 0.8, 1, 1 … s at least: 6 within 4 s; each may list and watch, and one
  // request more belongs to a kept connection that died.
  EXPECT_LE(during, 14u) << to_text(fault);
  EXPECT_GE(reflector.counters().errors, fault == Fault::slow ? 0u : 1u);
  through.close();
  reflector.stop();
  io_.run_for(100ms);
}

TEST_F(Faults, Reset) { converges_through(Fault::reset); }
TEST_F(Faults, Hang) { converges_through(Fault::hang); }
TEST_F(Faults, ServerError) { converges_through(Fault::error_500); }
TEST_F(Faults, Throttle) { converges_through(Fault::throttle); }
TEST_F(Faults, Gone) { converges_through(Fault::gone); }
TEST_F(Faults, TruncatedWatch) { converges_through(Fault::truncate); }
TEST_F(Faults, Slow) { converges_through(Fault::slow); }

}  // namespace
}  // namespace thaw::live
