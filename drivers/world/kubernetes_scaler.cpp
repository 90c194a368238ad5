#include "drivers/world/kubernetes_scaler.hpp"

#include <boost/asio/co_spawn.hpp>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "drivers/kubernetes/scale.hpp"

namespace thaw::world {
namespace {

// What a write may take; no write starts unless the Lease outlives it.
constexpr Duration kWriteWithin = std::chrono::seconds(4);

kubernetes::Target target_of(const WorkloadKey& key) {
  return {key.stateful ? "StatefulSet" : "Deployment", key.ns, key.name};
}

}  // namespace

bool KubernetesScaler::may_write() const { return election_.may_write(kWriteWithin); }

void KubernetesScaler::scale(Write write, std::function<void(Outcome)> done) {
  boost::asio::co_spawn(
      writer_.transport().executor(), carry_out(std::move(write)),
      [done = std::move(done)](const std::exception_ptr& thrown, Outcome outcome) {
        done(thrown ? Outcome::failed : outcome);
      });
}

boost::asio::awaitable<Scaler::Outcome> KubernetesScaler::carry_out(Write write) {
  try {
    const kubernetes::Target target = target_of(write.target);
    std::optional<std::string> version(write.resource_version);
    const kubernetes::Scaled scaled = co_await kubernetes::scale(writer_, target, write.to.count,
                                                                 std::move(version), kWriteWithin);
    if (scaled.conflicted) {
      ++counters_.conflicts;
      co_return Outcome::conflict;
    }
  } catch (const kubernetes::ApiError& error) {
    ++counters_.failed;
    log_.warning("write", to_text(write.target) + ": " + error.what(),
                 {{"function", write.target.ns + "/" + write.target.name}});
    co_return Outcome::failed;
  }
  ++counters_.done;
  tell(write);
  co_return Outcome::done;
}

void KubernetesScaler::tell(const Write& write) {
  const bool up = write.from < write.to;
  kubernetes::Event event;
  event.regarding = {"apps/v1", write.target.stateful ? "StatefulSet" : "Deployment",
                     write.target.ns, write.target.name, ""};
  event.reason = up ? "ScaledUp" : "ScaledDown";
  event.action = "Scale";
  event.note = "from " + std::to_string(write.from.count) + " to " +
               std::to_string(write.to.count) + ": " + to_words(write.why);
  events_.tell(std::move(event));
}

}  // namespace thaw::world
