#include "drivers/world/leader.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "drivers/http/client.hpp"
#include "drivers/kubernetes/access_review.hpp"
#include "drivers/kubernetes/config_map.hpp"
#include "drivers/kubernetes/election.hpp"
#include "drivers/kubernetes/events.hpp"
#include "drivers/kubernetes/sleep.hpp"
#include "drivers/world/kubernetes_scaler.hpp"
#include "drivers/world/published_calls.hpp"
#include "drivers/world/rights.hpp"
#include "drivers/world/spawn.hpp"

namespace thaw::world {
namespace {

namespace asio = boost::asio;

// Beside the functions, whose keys do not begin with '_': where who leads answers HTTP, and what
// was spent.
constexpr const char *kAddressKey = "_leader-address", *kSpentKey = "_spent";
// A gateway that told nothing for so long is gone, or has nothing to tell.
constexpr Duration kForgotten = std::chrono::hours(1);
constexpr Duration kSaveWithin = std::chrono::seconds(4);
constexpr Duration kLeaveWithin = std::chrono::seconds(5);
// A wake is answered once it is kept, which may take two periods between saves.
constexpr Duration kForwardWithin = std::chrono::seconds(12);

class Leader final : public Role {
 public:
  explicit Leader(const Surroundings& around)
      : around_(around),
        writer_(around.reader.transport()),
        election_(writer_, lease_of(around), [this](bool leads) { changed(leads); }),
        events_(writer_, settings_of(around)),
        scaler_(writer_, election_, events_, around.spending, around.log),
        cluster_(around.observer, around.inventory, scaler_,
                 [this](FunctionId id) { ask_again(id); }) {
    if (around.config.gateway)
      published_.emplace(
          writer_,
          kubernetes::ConfigMapName{state_map().namespace_name, around.config.gateway->name},
          around.identity, around.clock, around.log);
  }

  Cluster& cluster() override { return cluster_; }
  void serve(const Functions& functions) override { cluster_.serve(functions); }

  Awaitable<void> check() override {
    const auto missing = co_await kubernetes::missing_rights(
        writer_, rights_of(around_.config, state_map().namespace_name));
    if (!missing.empty()) throw std::runtime_error(kubernetes::describe_missing(missing));
  }

  void start() override {
    spawn(to_its_end(election_.run()));
    spawn(to_its_end(events_.run()));
    spawn(save_each_period());
  }

  Awaitable<void> leave() override {
    leaving_ = true;
    if (around_.control.running()) co_await save();
    around_.control.end();
    election_.stop();
    events_.stop();
    // The Lease is let go and the last Events are written meanwhile.
    const TimePoint until = around_.clock.now() + kLeaveWithin;
    while (under_way_ > 0 && around_.clock.now() < until)
      co_await pause(executor(), std::chrono::milliseconds(10));
  }

  void keep_soon() override {
    if (around_.clock.now() - written_ >= around_.config.state.every) save_timer_.cancel();
  }
  bool kept_since(TimePoint instant) const override { return kept_ >= instant; }

  std::string unready() const override {
    if (!election_.holder().empty()) return {};
    return "lease: " + (election_.last_error().empty() ? "nobody has it" : election_.last_error()) +
           "\n";
  }

  void tell(OpenMetrics& metrics) const override;
  void publish(const GatewayCalls& calls) override;
  Awaitable<void> publish_last(GatewayCalls calls) override;
  Awaitable<std::optional<http::Response>> forward(std::string target) override;

 private:
  static kubernetes::LeaseSettings lease_of(const Surroundings& around) {
    const DriveConfig::Lease& lease = around.config.lease;
    return {lease.ns, lease.name, around.identity, lease.duration, lease.renew, lease.retry};
  }
  static kubernetes::EventSettings settings_of(const Surroundings& around) {
    kubernetes::EventSettings settings;
    settings.instance = around.identity;
    return settings;
  }
  kubernetes::ConfigMapName state_map() const {
    return {around_.config.state.ns, around_.config.state.name};
  }
  asio::any_io_executor executor() const { return around_.reader.transport().executor(); }
  void spawn(Awaitable<void> what) { world::spawn(executor(), std::move(what)); }

  Awaitable<void> to_its_end(Awaitable<void> what) {
    ++under_way_;
    co_await std::move(what);
    --under_way_;
  }

  void changed(bool leads) {
    around_.log.info("lease", leads ? "leads" : "does not lead", {{"identity", around_.identity}});
    ++term_;
    if (!leads) return around_.control.end();
    if (!leaving_) spawn(take_over(term_));
  }

  Awaitable<void> take_over(std::uint64_t term);
  Awaitable<void> save_each_period();
  Awaitable<void> save();
  Awaitable<void> publish_now(GatewayCalls calls);
  void ask_again(FunctionId id) {
    const std::uint64_t term = term_;
    spawn(later(id, term));
  }
  Awaitable<void> later(FunctionId id, std::uint64_t term) {
    co_await pause(executor(), std::chrono::seconds(1));
    if (term == term_) around_.control.again(id);
  }

  Surroundings around_;
  kubernetes::Writer writer_;
  kubernetes::Election election_;
  kubernetes::Events events_;
  KubernetesScaler scaler_;
  LiveCluster cluster_;
  std::optional<PublishedCalls> published_;
  bool publishing_ = false;
  kubernetes::Strings saved_;
  TimePoint kept_;  // what is in the cluster is at least as new
  TimePoint written_;
  asio::steady_timer save_timer_{executor()};
  std::uint64_t term_ = 0, saves_ = 0, failed_saves_ = 0;
  int under_way_ = 0;  // of the election and the Events
  bool leaving_ = false;
};

Awaitable<void> Leader::take_over(std::uint64_t term) {
  const std::function<bool()> still = [this, term] { return term == term_ && !leaving_; };
  while (still()) {
    const bool synced = co_await until_synced(around_, still);
    if (!synced) co_return;
    std::string failed;
    try {
      const auto strings = co_await kubernetes::read_config_map(around_.reader, state_map());
      if (!still()) co_return;
      saved_ = strings.value_or(kubernetes::Strings{});
      if (saved_.contains(kSpentKey)) around_.spending.restore(saved_.at(kSpentKey));
      around_.control.begin(from_strings(saved_), around_.config.state.every);
      co_await save();  // also tells where the leader is
      co_return;
    } catch (const kubernetes::ApiError& error) {
      failed = error.what();
    }
    around_.log.warning("state", failed);
    co_await pause(executor(), std::chrono::seconds(1));
  }
}

Awaitable<void> Leader::save_each_period() {
  while (!leaving_) {
    co_await kubernetes::sleep(save_timer_, around_.config.state.every);
    if (!leaving_ && around_.control.running()) co_await save();
  }
}

Awaitable<void> Leader::save() {
  const TimePoint now = around_.clock.now();
  kubernetes::Strings strings = to_strings(around_.control.kept());
  strings[kAddressKey] = around_.address;
  if (around_.config.spending) strings[kSpentKey] = around_.spending.save();
  if (strings == saved_) kept_ = now;
  if (strings == saved_ || !election_.may_write(kSaveWithin)) co_return;
  try {
    co_await kubernetes::apply_config_map(writer_, state_map(), strings,
                                          around_.config.state.labels, kSaveWithin);
    saved_ = std::move(strings);
    kept_ = now;
    written_ = around_.clock.now();
    ++saves_;
  } catch (const kubernetes::ApiError& error) {
    ++failed_saves_;
    around_.log.warning("state", error.what());
  }
}

void Leader::publish(const GatewayCalls& calls) {
  if (!published_ || publishing_) return;
  publishing_ = true;
  spawn(publish_now(calls));
}

Awaitable<void> Leader::publish_now(GatewayCalls calls) {
  co_await published_->publish(std::move(calls));
  if (around_.control.running())
    co_await published_->take_away(around_.heard->older_than(kForgotten));
  publishing_ = false;
}

Awaitable<void> Leader::publish_last(GatewayCalls calls) {
  if (!published_) co_return;
  while (publishing_) co_await pause(executor(), std::chrono::milliseconds(10));
  publishing_ = true;
  co_await published_->publish(std::move(calls), true);
}

Awaitable<std::optional<http::Response>> Leader::forward(std::string target) {
  try {
    const auto strings = co_await kubernetes::read_config_map(around_.reader, state_map());
    if (!strings || !strings->contains(kAddressKey)) co_return std::nullopt;
    const std::string& address = strings->at(kAddressKey);
    if (address == around_.address) co_return std::nullopt;
    const auto parsed = http::parse_url("http://" + address);
    if (!std::holds_alternative<http::Endpoint>(parsed)) co_return std::nullopt;
    http::Client client(executor(), std::get<http::Endpoint>(parsed));
    http::Request request;
    request.method = "POST";
    request.target = std::move(target);
    http::Response response = co_await client.send(std::move(request), kForwardWithin);
    co_return response;
  } catch (const std::exception& error) {
    around_.log.warning("wake", error.what());
  }
  co_return std::nullopt;
}

void Leader::tell(OpenMetrics& metrics) const {
  metrics.gauge("thaw_leader", "1 while this replica decides.");
  metrics.sample({}, election_.leads() ? 1 : 0);
  metrics.counter("thaw_scale_writes", "Writes of replicas, by how they ended.");
  const auto& writes = scaler_.counters();
  metrics.sample({{"outcome", "done"}}, static_cast<double>(writes.done));
  metrics.sample({{"outcome", "conflict"}}, static_cast<double>(writes.conflicts));
  metrics.sample({{"outcome", "failed"}}, static_cast<double>(writes.failed));
  metrics.counter("thaw_decisions_held_back", "For want of facts, or of the right to write.");
  metrics.sample({}, static_cast<double>(cluster_.held_back()));
  metrics.counter("thaw_state_saves", "Writes of the state, by how they ended.");
  metrics.sample({{"outcome", "done"}}, static_cast<double>(saves_));
  metrics.sample({{"outcome", "failed"}}, static_cast<double>(failed_saves_));
}

}  // namespace

std::unique_ptr<Role> make_leader(const Surroundings& around) {
  return std::make_unique<Leader>(around);
}

}  // namespace thaw::world
