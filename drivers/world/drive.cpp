#include "drivers/world/drive.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <exception>
#include <optional>
#include <set>
#include <stdexcept>
#include <utility>

#include "drivers/http/server.hpp"
#include "drivers/kubernetes/reach.hpp"
#include "drivers/world/calls_metrics.hpp"
#include "drivers/world/config_file.hpp"
#include "drivers/world/data_path.hpp"
#include "drivers/world/drive_start.hpp"
#include "drivers/world/driver_metrics.hpp"
#include "drivers/world/leader.hpp"
#include "drivers/world/live_clock.hpp"
#include "drivers/world/live_metrics.hpp"
#include "drivers/world/pages.hpp"
#include "drivers/world/recording.hpp"
#include "drivers/world/shadow.hpp"
#include "drivers/world/spawn.hpp"

namespace thaw::world {
namespace {

namespace asio = boost::asio;

// Changes of settings that come together are taken together.
constexpr Duration kSettle = std::chrono::milliseconds(100);
// The policies that are built anew count their passes (SlimFaas's: 1 s) from then: sooner than
// this again, and changes that go on would keep them from ever deciding.
constexpr Duration kBetweenReforms = std::chrono::seconds(3);

}  // namespace

class Drive::Driver {
 public:
  explicit Driver(const DriveOptions& options)
      : options_(options),
        file_(options.config),
        config_(with_home(for_role(options.host ? options.host->config : file_.load(), options))),
        identity_(identity_of(options)),
        log_(options.log),
        clock_(
            io_.get_executor(), [this](FunctionId id) { control_.alarm(id); },
            options.host ? options.host->pace : Pace::real()),
        transport_(io_.get_executor(), access_of(config_, identity_)),
        reader_(transport_),
        control_(ports()),
        inventory_(changes_, clock_.pace()),
        spending_(config_.spending, clock_, log_),
        heard_(calls_, identity_, began_, clock_),
        watches_(reader_, config_.namespaces, watched()),
        metrics_(io_.get_executor(), transport_, clock_.pace(), inventory_, config_.metrics),
        observer_({clock_, inventory_, activity_, &metrics_,
                   [this] { return watches_.facts_taken(clock_.now()); },
                   config_.gateway ? &calls_ : nullptr}),
        decisions_(log_, options.shadow),
        pages_({inventory_, control_, [this] { return unready(); }, [this] { return metrics(); },
                [this] { role_->keep_soon(); },
                [this](TimePoint t) { return role_->kept_since(t); }, clock_, io_.get_executor(),
                [this](std::string target) { return role_->forward(std::move(target)); },
                letters()}) {
    log_.with_clock(clock_);
  }

  void stop() {
    asio::post(io_, [this] { ending_.cancel(); });
  }

  void run() {
    server_.emplace(io_.get_executor(), config_.listen,
                    [this](http::Request request) { return pages_.answer(std::move(request)); });
    address_ = address();
    if (!options_.record.empty())
      recording_.emplace(options_.record, decisions_, inventory_, clock_, log_);
    if (config_.gateway) path_.emplace(*config_.gateway, path_ports());
    role_ = options_.shadow ? make_shadow(surroundings()) : make_leader(surroundings());
    asio::co_spawn(io_, live(), [this](const std::exception_ptr& thrown) {
      failed_ = thrown;
      io_.stop();
    });
    io_.run();
    if (failed_) std::rethrow_exception(failed_);
  }

 private:
  Control::Ports ports() {
    // The role is made later than the controller's ports; nothing is asked before it starts.
    return {clock_,
            cluster_,
            recorders_,
            activity_,
            inventory_,
            log_,
            [this](const Functions& functions) {
              metrics_.serve(functions);
              observer_.serve(functions);
              decisions_.serve(functions);
              role_->serve(functions);
              listen(functions);
            },
            [this] {
              return functions_of(inventory_, config_, options_.find, options_.shadow,
                                  recording_.has_value());
            },
            [this] { reform_soon(); },
            [this] { clock_.ring_due(); },
            [this](const Functions&) {
              known_ = true;
              route_soon();
            },
            [this](const Function& function, const Wants& wants, const SavedState* state) {
              if (recording_) recording_->made(function, wants, state);
            }};
  }

  Watches::Told watched() {
    Watches::Told told{inventory_, config_.spending ? &spending_ : nullptr};
    told.recording = &recording_;  // which is not there yet
    if (!config_.gateway) return told;
    told.endpoints = &endpoints_;
    told.calls = &heard_;
    told.calls_namespace = config_.state.ns;
    told.calls_name = config_.gateway->name;
    return told;
  }

  DataPath::Ports path_ports() {
    return {io_.get_executor(),
            clock_,
            inventory_,
            endpoints_,
            control_.functions(),
            calls_,
            identity_,
            began_,
            [this](const FunctionName& function) { wanted(function); },
            [this](http::Request request) { return pages_.answer_caller(std::move(request)); },
            log_};
  }

  std::function<Awaitable<http::Response>(http::Request)> letters() {
    if (!config_.gateway || !config_.gateway->async) return {};
    return [this](http::Request request) { return path_->dead_letters(std::move(request)); };
  }

  // Not before the functions are known: without routes it is not ready, with too few it is wrong.
  void route_soon() {
    if (path_ && known_) path_->route_soon();
  }

  // Whose policy lives on reports is told of the load from here on.
  void listen(const Functions& functions) {
    std::vector<FunctionName> names;
    for (const Function& function : functions.governed)
      if (function.scaler->wants().load) names.push_back(function.name);
    calls_.listen(std::move(names));
  }

  // A call waits for a replica: at once, or at whoever leads.
  void wanted(const FunctionName& function) {
    if (control_.running()) {
      activity_.called(function, clock_.now());
      control_.wake(function);
    } else if (handed_on_.insert(function).second) {
      spawn(io_.get_executor(), hand_on(function));
    }
  }

  Awaitable<void> hand_on(FunctionName function) {
    co_await role_->forward("/wake-function/" + function.first + "/" + function.second);
    handed_on_.erase(function);
  }

  Surroundings surroundings() {
    return {config_,    identity_, address_, reader_,
            inventory_, watches_,  clock_,   observer_,
            control_,   spending_, log_,     config_.gateway ? &heard_ : nullptr};
  }

  std::string address() const {
    const std::string own = environment("POD_IP");
    const std::string host = config_.listen.substr(0, config_.listen.rfind(':'));
    return (own.empty() ? host : own) + ":" + std::to_string(server_->port());
  }

  Awaitable<void> live() {
    asio::signal_set signals(io_);
    if (!options_.host) {
      signals.add(SIGTERM);
      signals.add(SIGINT);
    }
    tell_start();
    co_await role_->check();
    watches_.start();
    role_->start();
    spawn(io_.get_executor(), each_second());
    if (path_) {
      spawn(io_.get_executor(), know_functions());
      spawn(io_.get_executor(), each_quarter());
    }
    signals.async_wait([this](const boost::system::error_code& cancelled, int signal) {
      if (cancelled) return;
      log_.info("stop", "ends on signal " + std::to_string(signal));
      ending_.cancel();
    });
    boost::system::error_code ended;
    co_await ending_.async_wait(asio::redirect_error(asio::use_awaitable, ended));
    leaving_ = true;
    if (path_) {
      co_await path_->drain(config_.gateway->drain);
      co_await role_->publish_last(path_->own());
    }
    left_ = true;
    server_->close();
    co_await role_->leave();
    watches_.stop();
    metrics_.stop();
    transport_.close();
  }

  void tell_start() {
    const kubernetes::Access& access = transport_.access();
    nlohmann::json fields = {
        {"context", access.context}, {"server", access.server}, {"namespaces", config_.namespaces},
        {"identity", identity_},     {"listen", address_},      {"shadow", options_.shadow}};
    log_.info(
        "start",
        kubernetes::title_of(access) + (options_.shadow ? ", as a shadow: nothing is written" : ""),
        std::move(fields));
  }

  // Whoever does not lead has to know them too, once it knows the cluster.
  Awaitable<void> know_functions() {
    const std::function<bool()> still = [this] { return !leaving_; };
    const bool synced = co_await until_synced(surroundings(), still);
    if (synced && !control_.running()) control_.reform();
  }

  // Calls are counted here and there: each quarter of a second, that of a full second included.
  Awaitable<void> each_quarter() {
    constexpr Duration kQuarter = std::chrono::milliseconds(250);
    while (!left_) {
      const Duration into = clock_.real_now().since_epoch % kQuarter;
      co_await pause(io_.get_executor(), clock_.pace().wall(kQuarter - into));
      if (left_) co_return;
      path_->look();
      calls_.refresh(activity_, clock_.now());
      calls_.close_seconds(clock_.real_now());
      if (!leaving_) role_->publish(path_->own());
    }
  }

  Awaitable<void> each_second() {
    while (!left_) {
      co_await pause(io_.get_executor(), clock_.pace().wall(std::chrono::seconds(1)));
      tell_ready();
      activity_.refresh(clock_.now(),
                        [this](const FunctionName& name) { return control_.ready(name); });
      spending_.count();
      if (recording_ && path_) recording_->calls(path_->traffic());
      if (recording_ && recording_->full()) control_.tell_made([this] { recording_->next(); });
      reload();
    }
  }

  void tell_ready() {
    if (told_ready_ || !options_.host || !control_.running() || !unready().empty()) return;
    told_ready_ = true;
    options_.host->ready(path_ ? path_->port() : 0);
  }

  void reload() {
    if (options_.host) return;
    std::optional<DriveConfig> changed = file_.changed(log_);
    if (!changed) return;
    DriveConfig config = with_home(std::move(*changed));
    if (const std::string fixed = needs_restart(config_, config); !fixed.empty())
      log_.warning("config", fixed + " changed: that takes a restart; the rest is taken up");
    config_.functions = std::move(config.functions);
    config_.versions = config.versions;
    log_.info("config", "read again");
    reform_soon();
  }

  void reform_soon() {
    if (reform_due_) return;
    reform_due_ = true;
    spawn(io_.get_executor(), reform());
  }

  Awaitable<void> reform() {
    const TimePoint now = clock_.now();
    const TimePoint due = std::max(now + kSettle, reformed_ + kBetweenReforms);
    co_await pause(io_.get_executor(), clock_.pace().wall(due - now));
    reform_due_ = false;
    reformed_ = clock_.now();
    control_.reform();
  }

  std::string unready() const {
    return (leaving_ ? "ends\n" : "") + watches_.trouble() + role_->unready() +
           (path_ && !path_->routed() ? "gateway: knows no function yet\n" : "");
  }

  std::string metrics() {
    OpenMetrics text;
    tell_driver({control_.functions(), decisions_, watches_, inventory_, transport_}, text);
    spending_.tell(text);
    role_->tell(text);
    if (path_) {
      path_->look();
      tell_calls(path_->traffic(), text);
      if (path_->async()) tell_async(*path_->async(), text);
    }
    static const std::vector<gateway::Traffic> kNone;
    tell_starts(path_ ? path_->traffic() : kNone, control_.functions(), inventory_, text);
    return std::move(text).finish();
  }

  // The controller's cluster: the role's, once there is one.
  class RolesCluster final : public Cluster {
   public:
    explicit RolesCluster(const std::unique_ptr<Role>& role) : role_(role) {}
    const Observation& observe(FunctionId id, const Wants& wants, Cause cause) override {
      return role_->cluster().observe(id, wants, cause);
    }
    std::uint64_t submit(FunctionId id, const Decision& decision) override {
      return role_->cluster().submit(id, decision);
    }

   private:
    const std::unique_ptr<Role>& role_;
  };

  // What the inventory tells: to the controller, and to the gateway's routes.
  class Changes final : public Inventory::Listener {
   public:
    explicit Changes(Driver& driver) : driver_(driver) {}
    void workload_changed(const WorkloadKey& key, bool settings) override {
      driver_.control_.workload_changed(key, settings);
    }
    void pods_changed(const WorkloadKey& key) override {
      if (driver_.recording_) driver_.recording_->pods_changed(key);
      driver_.control_.pods_changed(key);
      driver_.route_soon();
    }

   private:
    Driver& driver_;
  };

  // The controller's recorder: the log, and the recording before it where there is one.
  class Recorders final : public Recorder {
   public:
    explicit Recorders(Driver& driver) : driver_(driver) {}
    void step(FunctionId id, const Observation& seen, const Decision& decided,
              const Decision& capped) override {
      first().step(id, seen, decided, capped);
      if (!driver_.options_.host) return;
      const FunctionName& name = driver_.control_.functions().known.at(id).first;
      driver_.options_.host->decided(name, seen, capped);
    }
    void look(FunctionId id, const Observation& seen) override { first().look(id, seen); }

   private:
    Recorder& first() {
      if (driver_.recording_) return *driver_.recording_;
      return driver_.decisions_;
    }
    Driver& driver_;
  };

  const DriveOptions options_;
  ConfigFile file_;
  DriveConfig config_;
  const std::string identity_;
  std::string address_;
  asio::io_context io_{1};
  asio::steady_timer ending_{io_, asio::steady_timer::time_point::max()};
  Log log_;
  LiveClock clock_;
  kubernetes::Transport transport_;
  kubernetes::Reader reader_;
  const TimePoint began_ = clock_.real_now();
  Activity activity_;
  Calls calls_;
  Endpoints endpoints_{[this] { route_soon(); }};
  std::set<FunctionName> handed_on_;
  Changes changes_{*this};
  std::unique_ptr<Role> role_;
  RolesCluster cluster_{role_};
  Recorders recorders_{*this};
  Control control_;
  Inventory inventory_;
  Spending spending_;
  HeardCalls heard_;
  Watches watches_;
  LiveMetrics metrics_;
  Observer observer_;
  DecisionLog decisions_;
  std::optional<Recording> recording_;
  Pages pages_;
  std::optional<http::Server> server_;
  std::exception_ptr failed_;
  TimePoint reformed_;
  bool reform_due_ = false, known_ = false, told_ready_ = false;
  bool leaving_ = false, left_ = false;  // left: no call is under way any more
  std::optional<DataPath> path_;         // last: its thread ends first
};

Drive::Drive(const DriveOptions& options) : driver_(std::make_unique<Driver>(options)) {}
Drive::~Drive() = default;
void Drive::run() { driver_->run(); }
void Drive::stop() { driver_->stop(); }

void drive(const DriveOptions& options) { Drive(options).run(); }

}  // namespace thaw::world
