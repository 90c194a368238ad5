// gateway_rig hold|slowloris|fuzz|crash|crash-async [OPTION VALUE]…: one rig, as large as is said;
// prints what it measured and ends with 1 when something did not hold.
//
//   hold       --calls N --after S --per-replica N
//   slowloris  --connections N --seconds S
//   fuzz       --seed N --batches N --connections N --first BATCH
//   crash      --seed N --callers N --kills N: replicas die
//   crash-async  the same: the gateway itself dies, with calls on its disk
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

void each_option(HoldSize& size, const auto& option) {
  option("--calls", size.calls);
  option("--after", size.replica_after);
  option("--per-replica", size.per_replica);
}

void each_option(SlowlorisSize& size, const auto& option) {
  option("--connections", size.connections);
  option("--seconds", size.attack);
}

void each_option(FuzzSize& size, const auto& option) {
  option("--seed", size.seed);
  option("--batches", size.batches);
  option("--connections", size.connections);
  option("--first", size.first);
}

// Of both kinds of crash.
void each_option(auto& size, const auto& option) {
  option("--seed", size.seed);
  option("--callers", size.callers);
  option("--kills", size.kills);
}

template <class Size, class Result>
bool run(Result (*rig)(const Size&), Options options) {
  Size size;
  each_option(size, [&](const char* name, auto& value) { take(options, name, value); });
  refuse_rest(options);
  const Result result = rig(size);
  std::cout << result;
  return result.holds();
}

bool run(const std::string& rig, const Options& options) {
  if (rig == "hold") return run(hold, options);
  if (rig == "slowloris") return run(besiege, options);
  if (rig == "fuzz") return run(fuzz, options);
  if (rig == "crash") return run(crash, options);
  if (rig == "crash-async") return run(crash_async, options);
  std::cerr << "gateway_rig hold|slowloris|fuzz|crash|crash-async [OPTION VALUE]…\n";
  std::exit(2);
}

}  // namespace
}  // namespace thaw::rigs

int main(int count, char** words) {
  thaw::rigs::raise_descriptor_limit();
  std::map<std::string, double> options;
  for (int i = 2; i + 1 < count; i += 2) options[words[i]] = std::atof(words[i + 1]);
  return thaw::rigs::run(count > 1 ? words[1] : "", options) ? 0 : 1;
}
