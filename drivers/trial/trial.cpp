#include "drivers/trial/trial.hpp"

#include <unistd.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <exception>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <utility>

#include "drivers/applied/application.hpp"
#include "drivers/applied/clean.hpp"
#include "drivers/applied/run_names.hpp"
#include "drivers/fixture/fixture.hpp"
#include "drivers/kubernetes/json_fields.hpp"
#include "drivers/kubernetes/reach.hpp"
#include "drivers/kubernetes/writer.hpp"
#include "drivers/observed/watches.hpp"
#include "drivers/trial/course.hpp"
#include "drivers/trial/driven.hpp"
#include "drivers/trial/readiness.hpp"
#include "drivers/trial/status_line.hpp"
#include "drivers/trial/summary.hpp"
#include "drivers/world/drive_start.hpp"
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

std::string identity() { return world::identity_of({}) + ", process " + std::to_string(getpid()); }

// All that there is once the scenario's start is known.
struct Stage {
  Stage(asio::any_io_executor executor, const Scenario& scenario, const Pace& pace,
        const std::vector<bool>& driven)
      : view(scenario, pace, [this] { moved(); }),
        pods(view),
        nodes(view),
        workloads(view, driven),
        bill(view, nodes, pods),
        executor_(std::move(executor)) {}

  void begin(loadgen::Options load) { course.emplace(executor_, view, bill, std::move(load)); }
  void moved() {
    if (course) course->moved();
  }

  observed::View view;
  observed::Pods pods;
  observed::Nodes nodes;
  observed::Workloads workloads;
  observed::Bill bill;
  std::optional<Course> course;

 private:
  asio::any_io_executor executor_;
};

class Trial {
 public:
  Trial(const Scenario& scenario, const Options& options)
      : scenario_(scenario),
        options_(options),
        run_(applied::new_run_id()),
        transport_(io_.get_executor(), kubernetes::reach(options.access, "run")),
        reader_(transport_),
        writer_(transport_) {
    Diagnostics problems;
    governances_ = govern(scenario, options.policies, problems);
    problems.throw_if_any();
    for (const Governance& one : governances_) {
      const bool left = left_to_cluster(scenario, one, options.policies);
      driven_.push_back(!one.policy.empty() && !left);
      scaled_by_.push_back(one.policy.empty() ? "none"
                           : left             ? "HorizontalPodAutoscaler of the cluster"
                                              : one.policy);
    }
  }

  Result run() {
    asio::co_spawn(io_, whole(), [this](const std::exception_ptr& thrown) {
      if (thrown) failed_ = thrown;
      io_.stop();
    });
    io_.run();
    if (failed_) std::rethrow_exception(failed_);
    return std::move(result_);
  }

 private:
  Awaitable<void> whole() {
    std::exception_ptr thrown;
    try {
      co_await prepare();
      co_await play();
    } catch (const std::exception&) {
      thrown = std::current_exception();
    }
    try {
      co_await take_away();
    } catch (const std::exception& error) {
      say(std::string("what was made is not all removed: ") + error.what() + "; `thaw clean " +
          run_ + "` does it later");
      if (!thrown) thrown = std::current_exception();
    }
    if (thrown && !is_interruption(thrown)) std::rethrow_exception(thrown);
  }

  bool interrupted() const { return options_.interrupted && *options_.interrupted; }
  void say(const std::string& line) const {
    if (options_.say) options_.say(line);
  }
  // Before anything was observed there are no results; that it was interrupted is one.
  bool is_interruption(const std::exception_ptr& thrown) {
    try {
      std::rethrow_exception(thrown);
    } catch (const applied::Interrupted&) {
      result_.interrupted = true;
    } catch (const std::exception&) {
    }
    return result_.interrupted;
  }

  Awaitable<void> prepare();
  Awaitable<void> play();
  Awaitable<void> set_stage();
  Awaitable<void> until_pods(applied::Planned made);
  bool all_seen() const;
  Awaitable<void> until(std::function<bool()> holds, Duration within, std::string what);
  Awaitable<void> look_for_orders();
  void start_driver(const Pace& pace);
  void watch(Stage& stage);
  fixture::Preparation preparation() const { return {options_.time_scale, options_.seed, run_}; }
  std::map<std::string, std::string> annotations(const Workload& workload) const;
  applied::Plan with_own_objects(applied::Plan plan) const;
  bool expected(const std::string& line) const;
  loadgen::Target target() const;
  void keep_result();
  std::vector<std::string> notices() const;
  Awaitable<void> take_away();

  const Scenario& scenario_;
  const Options& options_;
  const std::string run_;
  asio::io_context io_{1};
  kubernetes::Transport transport_;
  kubernetes::Reader reader_;
  kubernetes::Writer writer_;
  std::vector<Governance> governances_;
  std::vector<bool> driven_;
  std::vector<std::string> scaled_by_;
  std::optional<fixture::Fixture> fixture_;
  std::vector<std::string> fixture_notices_;
  applied::Plan plan_;
  std::unique_ptr<Stage> stage_;
  std::unique_ptr<observed::Watches> watches_;
  std::unique_ptr<Driven> driver_;
  std::optional<std::uint16_t> gateway_port_;  // once the driver is up
  std::exception_ptr failed_;
  bool touched_ = false;  // something may be on the cluster
  bool leaving_ = false;
  Result result_;
};

Awaitable<void> Trial::prepare() {
  say("run " + run_ + " on " + kubernetes::title_of(transport_.access()));
  fixture_ = co_await fixture::Fixture::find(reader_);
  if (!fixture_ && options_.time_scale != 1)
    throw InputError({{{"--time-scale", 0, 0},
                       "",
                       "only a test fixture hurries (ConfigMap kube-public/controlplane): the "
                       "nodes of " +
                           transport_.access().server + " are real"}});
  applied::PlanSettings settings;
  settings.run = run_;
  settings.driven = [this](const FunctionSpec& function) {
    return driven_[static_cast<std::size_t>(&function - scenario_.functions.data())];
  };
  if (fixture_)
    settings.annotations = [this](const Workload& workload) { return annotations(workload); };
  plan_ = co_await applied::plan_for(reader_, scenario_, options_.objects, std::move(settings));
  plan_ = with_own_objects(std::move(plan_));
  std::string names;
  for (const std::string& ns : plan_.namespaces) names += (names.empty() ? "" : ", ") + ns;
  say("works in namespaces " + names);
  if (fixture_) {
    touched_ = true;
    fixture_notices_ = co_await fixture_->prepare(scenario_, preparation());
  }
  co_await until_nodes(reader_, scenario_, [this] { return interrupted(); });
}

// On the fixture: of a function; what is none takes no time of its own.
std::map<std::string, std::string> Trial::annotations(const Workload& workload) const {
  for (std::size_t f = 0; f < scenario_.functions.size(); ++f)
    if (&scenario_.manifests.workloads[scenario_.functions[f].workload] == &workload)
      return fixture::annotations(scenario_, f, preparation());
  return {};
}

// What the driver keeps is the run's too, and goes with it.
applied::Plan Trial::with_own_objects(applied::Plan plan) const {
  const auto own = [&](const std::string& api_version, const std::string& kind,
                       const std::string& plural, const std::string& name) {
    applied::Planned planned;
    planned.resource = {api_version, kind, plural, true, true};
    planned.ns = plan.namespaces.front();
    planned.name = name;
    planned.json = R"({"apiVersion":")" + api_version + R"(","kind":")" + kind +
                   R"(","metadata":{"name":")" + name + R"(","labels":{")" + applied::kManagedBy +
                   R"(":"thaw",")" + applied::kRunLabel + R"(":")" + run_ + R"("}}})";
    return planned;
  };
  const auto first = std::ranges::find_if(
      plan.objects, [](const applied::Planned& one) { return !one.ns.empty(); });
  std::vector<applied::Planned> more;
  more.push_back(own("coordination.k8s.io/v1", "Lease", "leases", applied::lease_name(run_)));
  more.push_back(own("v1", "ConfigMap", "configmaps", applied::calls_name(run_)));
  plan.objects.insert(first, more.begin(), more.end());
  return plan;
}

Awaitable<void> Trial::until(std::function<bool()> holds, Duration within, std::string what) {
  const auto last = Steady::now() + within;
  while (!holds()) {
    if (failed_) std::rethrow_exception(failed_);
    if (interrupted()) throw applied::Interrupted("interrupted");
    if (Steady::now() > last) throw std::runtime_error(what);
    co_await world::pause(io_.get_executor(), kLook);
  }
}

Awaitable<void> Trial::play() {
  applied::ApplySettings settings;
  settings.identity = identity();
  settings.stopped = [this] { return interrupted(); };
  settings.before_workloads = [this]() -> Awaitable<void> { return set_stage(); };
  settings.after_workload = [this](applied::Planned made) -> Awaitable<void> {
    return until_pods(std::move(made));
  };
  touched_ = true;
  const applied::Applied made =
      co_await applied::apply(reader_, writer_, plan_, std::move(settings));
  say(std::to_string(made.objects.size()) + " objects are made; the run begins");
  co_await until([this] { return all_seen(); }, kUpWithin, "what was made is not seen");
  Course& course = *stage_->course;
  course.deployed();
  StatusLine status(stage_->view, course.load());
  while (!course.over()) {
    if (failed_) std::rethrow_exception(failed_);
    if (interrupted()) {
      result_.interrupted = true;
      course.cut();
    }
    if (options_.progress)
      options_.progress(stage_->view.now() - scenario_.start, scenario_.until.value_or(Duration{0}),
                        status.words());
    co_await world::pause(io_.get_executor(), kLook);
  }
  keep_result();
}

// Controllers work side by side: without a pause the pods of a later workload may come, and take
// the room, before those of an earlier one.
Awaitable<void> Trial::until_pods(applied::Planned made) {
  const auto on = std::ranges::find_if(plan_.functions, [&](const applied::FunctionOn& one) {
    return one.name == made.name && one.ns == made.ns;
  });
  if (on == plan_.functions.end()) co_return;
  const Gauges& gauges = stage_->view.gauges;
  const auto last = Steady::now() + kPodsWithin;
  while (Steady::now() < last) {
    const bool known = stage_->workloads.known(on->function);
    const auto wanted = gauges.at(Gauge::desired, on->function).value();
    if (known && gauges.at(Gauge::replicas, on->function).value() >= wanted) co_return;
    co_await world::pause(io_.get_executor(), kBetweenLooks);
  }
}

bool Trial::all_seen() const {
  return std::ranges::all_of(plan_.functions, [this](const applied::FunctionOn& on) {
    return on.kind.empty() || stage_->workloads.known(on.function);
  });
}

// Everything that watches, decides and calls is up before the first workload is there.
Awaitable<void> Trial::set_stage() {
  const auto begins = Steady::now() + kLead;
  const TimePoint wall_now{
      std::chrono::duration_cast<Duration>(std::chrono::system_clock::now().time_since_epoch())};
  const Pace pace(scenario_.start, begins, wall_now + (begins - Steady::now()),
                  options_.time_scale);
  stage_ = std::make_unique<Stage>(io_.get_executor(), scenario_, pace, driven_);
  watch(*stage_);
  start_driver(pace);
  co_await until([this] { return gateway_port_.has_value() && watches_->synced(); }, kUpWithin,
                 "the driver or the watches did not come up within " + to_text(kUpWithin) + "\n" +
                     watches_->trouble());
  if (Steady::now() > begins)
    throw std::runtime_error("the driver took longer than " + to_text(kLead) +
                             " to come up: the run would begin late");
  loadgen::Options load{target(), pace};
  load.seed = options_.seed;
  load.tell_work = fixture_.has_value();
  stage_->begin(std::move(load));
  co_await until([&] { return Steady::now() >= begins; }, 2 * kLead, "");
  stage_->course->start();
  if (!fixture_) co_return;
  co_await fixture_->begin(scenario_, preparation());
  world::spawn(io_.get_executor(), look_for_orders());
}

void Trial::watch(Stage& stage) {
  const auto changing = [&stage](auto change) {
    return [&stage, change](const kubernetes::Json& object) {
      stage.bill.settle();
      change(stage, object);
    };
  };
  using kubernetes::Json;
  observed::Watches::Told told;
  told.pod = changing([](Stage& s, const Json& object) { s.pods.apply(object); });
  told.pod_gone = changing([](Stage& s, const Json& object) { s.pods.remove(object); });
  told.node = changing([](Stage& s, const Json& object) { s.nodes.apply(object); });
  told.node_gone = changing([](Stage& s, const Json& object) { s.nodes.remove(object); });
  told.workload = changing([](Stage& s, const Json& object) { s.workloads.apply(object); });
  watches_ = std::make_unique<observed::Watches>(
      reader_, plan_.namespaces, std::string(applied::kRunLabel) + "=" + run_, told);
  watches_->start();
}

void Trial::start_driver(const Pace& pace) {
  DrivenSettings settings;
  settings.access = options_.access;
  settings.run = run_;
  settings.driven = driven_;
  settings.metrics.poll = pace.wall(kPoll);
  if (fixture_) {
    settings.metrics.prometheus = fixture_->marker().prometheus;
    settings.metrics.scrape = fixture_->marker().scrape;
  }
  world::DriveHost host{config_of(scenario_, plan_, governances_, pace, settings), pace};
  host.ready = [this](std::uint16_t port) {
    asio::post(io_, [this, port] { gateway_port_ = port; });
  };
  host.decided = [this](const world::FunctionName& name, const Observation& seen,
                        const Decision& capped) {
    asio::post(io_, [this, name, was = seen.spec, capped] {
      if (const auto function = stage_->view.function(name.second))
        stage_->workloads.decided(*function, was, capped);
    });
  };
  world::DriveOptions drive;
  drive.identity = applied::driver_name(run_);
  drive.find = options_.find;
  drive.log = [this](const std::string& line) {
    if (options_.drive && !expected(line)) options_.drive(line);
  };
  drive.host = std::move(host);
  driver_ = std::make_unique<Driven>(std::move(drive), [this](const std::exception_ptr& thrown) {
    asio::post(io_, [this, thrown] { failed_ = thrown; });
  });
}

// Before its workload is made the driver misses it, and whom nobody scales it leaves alone.
bool Trial::expected(const std::string& line) const {
  if (line.find(R"("kind":"refused")") == std::string::npos) return false;
  if (line.find("is left alone: is not there") != std::string::npos) return true;
  const auto said = kubernetes::Json::parse(line, nullptr, false);
  const std::string name = kubernetes::text_at(said, {"function"});
  for (const applied::FunctionOn& on : plan_.functions)
    if (on.ns + "/" + on.name == name) return !driven_[on.function];
  return false;
}

loadgen::Target Trial::target() const {
  if (options_.gateway.empty()) return {"127.0.0.1", *gateway_port_};
  auto parsed = http::parse_url(options_.gateway);
  if (const auto* const wrong = std::get_if<std::string>(&parsed))
    throw InputError({{{"--gateway", 0, 0}, "", *wrong}});
  const http::Endpoint& endpoint = std::get<http::Endpoint>(parsed);
  if (endpoint.tls)
    throw InputError({{{"--gateway", 0, 0}, "", "expected http://HOST:PORT, found TLS"}});
  return {endpoint.address.empty() ? endpoint.host : endpoint.address, endpoint.port};
}

Awaitable<void> Trial::look_for_orders() {
  while (!leaving_) {
    std::vector<fixture::Fixture::Instance> instances;
    try {
      instances = co_await fixture_->instances();
    } catch (const std::exception&) {
      failed_ = std::current_exception();  // whoever waits hears of it, and takes all away
    }
    if (leaving_ || failed_) co_return;
    stage_->bill.settle();
    for (const auto& one : instances) stage_->nodes.ordered(one.pool, one.name);
    co_await world::pause(io_.get_executor(), kOrders);
  }
}

void Trial::keep_result() {
  Stage& stage = *stage_;
  stage.bill.settle();
  result_.summary = summary_of({stage.view, stage.bill, stage.workloads, stage.course->load(),
                                stage.course->checker(), scaled_by_, notices(), options_.seed});
  stage.view.gauges.series().finish(stage.view.now());
  result_.series_csv = stage.view.gauges.series().to_csv();
  result_.timeline = stage.view.timeline;
}

std::vector<std::string> Trial::notices() const {
  std::vector<std::string> all = scenario_.notices;
  all.insert(all.end(), plan_.notices.begin(), plan_.notices.end());
  all.insert(all.end(), fixture_notices_.begin(), fixture_notices_.end());
  all.push_back(
      "observed: calls that wait for a replica are in flight, queued is 0; calls in flight are "
      "taken for busy replicas, in the bill too; how busy GPUs are is not seen, and 0");
  if (!scenario_.pipelines.empty())
    all.push_back("observed: a pipeline's stages, its cache and its store are played by the load");
  if (!scenario_.faults.empty())
    all.push_back("faults of the scenario are not made on a cluster: none was");
  const loadgen::Lateness lateness = stage_->course->load().lateness();
  if (lateness.late > 0)
    all.push_back("the load was late: " + std::to_string(lateness.late) + " calls, at most " +
                  to_text(std::chrono::round<std::chrono::milliseconds>(lateness.worst)) +
                  " of wall time; latencies count from the instant that was meant");
  return all;
}

// The driver first: it would write to what goes.
Awaitable<void> Trial::take_away() {
  leaving_ = true;
  if (watches_) watches_->stop();
  driver_.reset();
  if (!touched_) co_return;
  say("removes what it made");
  applied::CleanSettings settings;
  settings.namespaces = plan_.namespaces;
  const applied::Cleaned cleaned =
      co_await applied::clean(reader_, writer_, run_, std::move(settings));
  say(std::to_string(cleaned.removed.size()) + " objects are removed");
  for (const std::string& left : cleaned.left) say("left: " + left);
  if (fixture_) co_await fixture_->remove();
}

}  // namespace

Result run(const Scenario& scenario, const Options& options) {
  return Trial(scenario, options).run();
}

}  // namespace thaw::trial
