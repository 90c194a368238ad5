// gateway_rig hold|slowloris|fuzz|crash|crash-async [OPTION VALUE]…: one rig, as large as is said;
// prints what it measured and ends with 1 when something did not hold.
//
//   hold       --calls N --after S --per-replica N
//   slowloris  --connections N --seconds S
//   fuzz       --seed N --batches N --connections N --first BATCH
//   crash      --seed N --callers N --kills N: replicas die
//   crash-async  the same: the gateway itself dies, with calls on its disk
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <map>
#include <string>

#include "tests/gateway/crash.hpp"
#include "tests/gateway/crash_async.hpp"
#include "tests/gateway/fuzz.hpp"
#include "tests/gateway/hold.hpp"
#include "tests/gateway/loop.hpp"
#include "tests/gateway/slowloris.hpp"

namespace thaw::rigs {
namespace {

using Options = std::map<std::string, double>;

Duration seconds_of(double value) { return Duration(static_cast<std::int64_t>(value * 1e9)); }

template <class T>
void take(Options& options, const std::string& name, T& value) {
  const auto found = options.find(name);
  if (found == options.end()) return;
  if constexpr (std::is_same_v<T, Duration>) {
    value = seconds_of(found->second);
  } else {
    value = static_cast<T>(found->second);
  }
  options.erase(found);
}

void refuse_rest(const Options& options) {
  for (const auto& [name, value] : options) {
    std::cerr << "gateway_rig: unknown option " << name << '\n';
  }
  if (!options.empty()) std::exit(2);
}

bool run_hold(Options options) {
  HoldSize size;
  take(options, "--calls", size.calls);
  take(options, "--after", size.replica_after);
  take(options, "--per-replica", size.per_replica);
  refuse_rest(options);
  const Held held = hold(size);
  std::cout << held;
  return held.holds();
}

bool run_slowloris(Options options) {
  SlowlorisSize size;
  take(options, "--connections", size.connections);
  take(options, "--seconds", size.attack);
  refuse_rest(options);
  const Besieged besieged = besiege(size);
  std::cout << besieged;
  return besieged.holds();
}

bool run_fuzz(Options options) {
  FuzzSize size;
  take(options, "--seed", size.seed);
  take(options, "--batches", size.batches);
  take(options, "--connections", size.connections);
  take(options, "--first", size.first);
  refuse_rest(options);
  const Fuzzed fuzzed = fuzz(size);
  std::cout << fuzzed;
  return fuzzed.findings.empty();
}

template <class Size, class Rig>
bool run_crash(Options options, Rig rig) {
  Size size;
  take(options, "--seed", size.seed);
  take(options, "--callers", size.callers);
  take(options, "--kills", size.kills);
  refuse_rest(options);
  const auto crashed = rig(size);
  std::cout << crashed;
  return crashed.holds();
}

int run(const std::string& rig, const Options& options) {
  if (rig == "hold") return run_hold(options) ? 0 : 1;
  if (rig == "slowloris") return run_slowloris(options) ? 0 : 1;
  if (rig == "fuzz") return run_fuzz(options) ? 0 : 1;
  if (rig == "crash") return run_crash<CrashSize>(options, crash) ? 0 : 1;
  if (rig == "crash-async") return run_crash<CrashAsyncSize>(options, crash_async) ? 0 : 1;
  std::cerr << "gateway_rig hold|slowloris|fuzz|crash|crash-async [OPTION VALUE]…\n";
  return 2;
}

}  // namespace
}  // namespace thaw::rigs

int main(int count, char** words) {
  thaw::rigs::raise_descriptor_limit();
  std::map<std::string, double> options;
  for (int i = 2; i + 1 < count; i += 2) options[words[i]] = std::atof(words[i + 1]);
  return thaw::rigs::run(count > 1 ? words[1] : "", options);
}
