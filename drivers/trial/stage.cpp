#include "drivers/trial/stage.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <stdexcept>
#include <utility>

#include "drivers/applied/run_names.hpp"
#include "drivers/kubernetes/json.hpp"
#include "drivers/trial/status_line.hpp"
#include "drivers/trial/summary.hpp"
#include "drivers/world/role.hpp"
#include "drivers/world/spawn.hpp"

namespace thaw::trial {
namespace {

namespace asio = boost::asio;
using Steady = std::chrono::steady_clock;

// What the driver has to come up: it elects itself and hears of the cluster.
constexpr Duration kLead = std::chrono::seconds(3), kUpWithin = std::chrono::seconds(30);
// Of metrics, in scenario time: whoever decides each 15 s, as an HPA does, sees no old answer.
constexpr Duration kPoll = std::chrono::seconds(5);
constexpr Duration kPodsWithin = std::chrono::seconds(1),
                   kBetweenLooks = std::chrono::milliseconds(2);
constexpr Duration kLook = std::chrono::milliseconds(20), kOrders = std::chrono::milliseconds(100);

Pace pace_of(const Run& run) {
  const auto begins = Steady::now() + kLead;
  const TimePoint wall_now{
      std::chrono::duration_cast<Duration>(std::chrono::system_clock::now().time_since_epoch())};
  return {run.scenario.start, begins, wall_now + (begins - Steady::now()), run.options.time_scale};
}

}  // namespace

Stage::Stage(const Run& run, Deployed& deployed, kubernetes::Reader& reader)
    : run_(run),
      deployed_(deployed),
      reader_(reader),
      executor_(reader.transport().executor()),
      pace_(pace_of(run)),
      view_(run.scenario, pace_, [this] { moved(); }),
      pods_(view_),
      nodes_(view_),
      workloads_(view_, run.scaling.driven),
      bill_(view_, nodes_, pods_) {}

void Stage::moved() {
  if (course_) course_->moved();
}

Awaitable<void> Stage::until(std::function<bool()> holds, Duration within, std::string what) {
  const auto last = Steady::now() + within;
  while (!holds()) {
    if (failed_) std::rethrow_exception(failed_);
    if (run_.interrupted()) throw applied::Interrupted("interrupted");
    if (Steady::now() > last) throw std::runtime_error(what);
    co_await world::pause(executor_, kLook);
  }
}

Awaitable<void> Stage::set() {
  const auto begins = pace_.when(run_.scenario.start);
  watch();
  start_driver();
  co_await until([this] { return driver_port_.has_value() && watches_->synced(); }, kUpWithin,
                 "the driver or the watches did not come up within " + to_text(kUpWithin) + "\n" +
                     watches_->trouble());
  if (Steady::now() > begins)
    throw std::runtime_error("the driver took longer than " + to_text(kLead) +
                             " to come up: the run would begin late");
  loadgen::Options load{run_.gateway.value_or(loadgen::Target{"127.0.0.1", *driver_port_}), pace_};
  load.seed = run_.options.seed;
  load.tell_work = deployed_.fixture() != nullptr;
  course_.emplace(executor_, view_, bill_, std::move(load));
  co_await until([&] { return Steady::now() >= begins; }, 2 * kLead, "");
  course_->start();
  if (!deployed_.fixture()) co_return;
  co_await deployed_.fixture()->begin(run_.scenario, deployed_.preparation());
  world::spawn(executor_, look_for_orders());
}

void Stage::watch() {
  using kubernetes::Json;
  // The bill is settled before anything changes.
  const auto changing = [this](auto change) {
    return [this, change](const Json& object) {
      bill_.settle();
      change(object);
    };
  };
  observed::Watches::Told told;
  told.pod = changing([this](const Json& object) { pods_.apply(object); });
  told.pod_gone = changing([this](const Json& object) { pods_.remove(object); });
  told.node = changing([this](const Json& object) { nodes_.apply(object); });
  told.node_gone = changing([this](const Json& object) { nodes_.remove(object); });
  told.workload = changing([this](const Json& object) { workloads_.apply(object); });
  watches_ = std::make_unique<observed::Watches>(
      reader_, deployed_.plan().namespaces, std::string(applied::kRunLabel) + "=" + run_.id, told);
  watches_->start();
}

void Stage::start_driver() {
  DrivenSettings settings;
  settings.access = run_.options.access;
  settings.run = run_.id;
  settings.gateway = !run_.gateway;
  settings.metrics.poll = pace_.wall(kPoll);
  if (const fixture::Fixture* const fixture = deployed_.fixture()) {
    settings.metrics.prometheus = fixture->marker().prometheus;
    settings.metrics.scrape = fixture->marker().scrape;
  }
  world::DriveHost host{config_of(run_.scenario, deployed_.plan(), run_.scaling, pace_, settings),
                        pace_};
  host.ready = [this](std::uint16_t port) {
    asio::post(executor_, [this, port] { driver_port_ = port; });
  };
  host.decided = [this](const world::FunctionName& name, const Observation& seen,
                        const Decision& capped) {
    asio::post(executor_, [this, name, was = seen.spec, capped] {
      if (const auto function = view_.function(name.second))
        workloads_.decided(*function, was, capped);
    });
  };
  world::DriveOptions drive;
  drive.identity = applied::driver_name(run_.id);
  drive.find = run_.options.find;
  // Before its workload is made the driver misses it.
  drive.log = [this](const std::string& line) {
    const bool expected = line.find("is left alone: is not there") != std::string::npos;
    if (run_.options.drive && !expected) run_.options.drive(line);
  };
  drive.host = std::move(host);
  driver_ = std::make_unique<Driven>(std::move(drive), [this](const std::exception_ptr& thrown) {
    asio::post(executor_, [this, thrown] { failed_ = thrown; });
  });
}

Awaitable<void> Stage::look_for_orders() {
  while (!leaving_) {
    std::vector<fixture::Fixture::Instance> instances;
    try {
      instances = co_await deployed_.fixture()->instances();
    } catch (const std::exception&) {
      failed_ = std::current_exception();  // whoever waits hears of it, and takes all away
    }
    if (leaving_ || failed_) co_return;
    bill_.settle();
    for (const auto& one : instances) nodes_.ordered(one.pool, one.name);
    co_await world::pause(executor_, kOrders);
  }
}

Awaitable<void> Stage::until_pods(applied::Planned made) {
  const std::vector<applied::FunctionOn>& functions = deployed_.plan().functions;
  const auto on = std::ranges::find_if(functions, [&](const applied::FunctionOn& one) {
    return one.name == made.name && one.ns == made.ns;
  });
  if (on == functions.end()) co_return;
  const auto last = Steady::now() + kPodsWithin;
  while (Steady::now() < last) {
    const bool known = workloads_.known(on->function);
    const auto wanted = view_.gauges.at(Gauge::desired, on->function).value();
    if (known && view_.gauges.at(Gauge::replicas, on->function).value() >= wanted) co_return;
    co_await world::pause(executor_, kBetweenLooks);
  }
}

bool Stage::all_seen() const {
  return std::ranges::all_of(deployed_.plan().functions, [this](const applied::FunctionOn& on) {
    return on.kind.empty() || workloads_.known(on.function);
  });
}

Awaitable<Result> Stage::play() {
  co_await until([this] { return all_seen(); }, kUpWithin, "what was made is not seen");
  course_->deployed();
  StatusLine status(view_, course_->load());
  Result result;
  while (!course_->over()) {
    if (failed_) std::rethrow_exception(failed_);
    if (run_.interrupted()) {
      result.interrupted = true;
      course_->cut();
    }
    if (run_.options.progress)
      run_.options.progress(view_.now() - run_.scenario.start,
                            run_.scenario.until.value_or(Duration{0}), status.words());
    co_await world::pause(executor_, kLook);
  }
  tell(result);
  co_return result;
}

void Stage::tell(Result& result) {
  bill_.settle();
  result.summary = summary_of({view_, bill_, workloads_, course_->load(), course_->checker(),
                               run_.scaling.scaled_by, notices(), run_.options.seed});
  view_.gauges.series().finish(view_.now());
  result.series_csv = view_.gauges.series().to_csv();
  result.timeline = view_.timeline;
}

std::vector<std::string> Stage::notices() const {
  std::vector<std::string> all = run_.scenario.notices;
  const std::vector<std::string> deployed = deployed_.notices();
  all.insert(all.end(), deployed.begin(), deployed.end());
  all.push_back(
      "observed: calls that wait for a replica are in flight, queued is 0; calls in flight are "
      "taken for busy replicas, in the bill too; how busy GPUs are is not seen, and 0");
  const std::vector<bool>& driven = run_.scaling.driven;
  if (run_.gateway && std::ranges::find(driven, true) != driven.end())
    all.push_back("calls go through --gateway: thaw's driver scales without seeing any of them");
  if (!run_.scenario.pipelines.empty())
    all.push_back("observed: a pipeline's stages, its cache and its store are played by the load");
  if (!run_.scenario.faults.empty())
    all.push_back("faults of the scenario are not made on a cluster: none was");
  const loadgen::Lateness lateness = course_->load().lateness();
  if (lateness.late > 0)
    all.push_back("the load was late: " + std::to_string(lateness.late) + " calls, at most " +
                  to_text(std::chrono::round<std::chrono::milliseconds>(lateness.worst)) +
                  " of wall time; latencies count from the instant that was meant");
  return all;
}

void Stage::leave() {
  leaving_ = true;
  if (watches_) watches_->stop();
  driver_.reset();
}

}  // namespace thaw::trial
