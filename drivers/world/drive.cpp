#include "drivers/world/drive.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <optional>
#include <stdexcept>
#include <utility>

#include "drivers/http/server.hpp"
#include "drivers/kubernetes/kubeconfig.hpp"
#include "drivers/world/config_file.hpp"
#include "drivers/world/driver_metrics.hpp"
#include "drivers/world/leader.hpp"
#include "drivers/world/live_clock.hpp"
#include "drivers/world/live_metrics.hpp"
#include "drivers/world/pages.hpp"
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

std::string environment(const char* name) {
  const char* const value = std::getenv(name);
  return value ? value : "";
}

std::string identity_of(const DriveOptions& options) {
  if (!options.identity.empty()) return options.identity;
  if (std::string uid = environment("POD_UID"); !uid.empty()) return uid;
  std::array<char, 256> host{};
  gethostname(host.data(), host.size() - 1);
  return host.data();
}

kubernetes::Access access_of(const DriveConfig& config, const std::string& identity) {
  Diagnostics problems;
  kubernetes::AccessOptions options;
  options.kubeconfig = config.kubeconfig;
  options.context = config.context;
  kubernetes::Access access = kubernetes::load_access(options, problems);
  problems.throw_if_any();
  access.user_agent = "thaw/" + identity;  // who of several wrote what, in the server's audit log
  return access;
}

// Where the Lease and the state are, if the configuration does not say.
DriveConfig with_home(DriveConfig config) {
  const std::string own = environment("POD_NAMESPACE");
  if (config.lease.ns.empty()) config.lease.ns = own.empty() ? config.namespaces.front() : own;
  if (config.state.ns.empty()) config.state.ns = config.lease.ns;
  return config;
}

class Driver {
 public:
  explicit Driver(const DriveOptions& options)
      : options_(options),
        file_(options.config),
        config_(with_home(file_.load())),
        identity_(identity_of(options)),
        log_(options.log),
        clock_(io_.get_executor(), [this](FunctionId id) { control_.alarm(id); }),
        transport_(io_.get_executor(), access_of(config_, identity_)),
        reader_(transport_),
        control_(ports()),
        inventory_(control_),
        spending_(config_.spending, clock_, log_),
        watches_(reader_, config_.namespaces, inventory_, config_.spending ? &spending_ : nullptr),
        metrics_(io_.get_executor(), transport_, clock_, inventory_, config_.metrics),
        observer_({clock_, inventory_, activity_, &metrics_,
                   [this] { return watches_.facts_taken(clock_.now()); }}),
        decisions_(log_, options.shadow),
        pages_({inventory_, control_, [this] { return unready(); }, [this] { return metrics(); },
                [this] { role_->keep_soon(); },
                [this](TimePoint t) { return role_->kept_since(t); }, clock_, io_.get_executor(),
                [this](std::string target) { return role_->forward(std::move(target)); }}) {
    log_.with_clock(clock_);
  }

  void run() {
    server_.emplace(io_.get_executor(), config_.listen,
                    [this](http::Request request) { return pages_.answer(std::move(request)); });
    address_ = address();
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
            decisions_,
            activity_,
            inventory_,
            log_,
            [this](const Functions& functions) {
              metrics_.serve(functions);
              observer_.serve(functions);
              decisions_.serve(functions);
              role_->serve(functions);
            },
            [this] { return functions_of(inventory_, config_, options_.find, options_.shadow); },
            [this] { reform_soon(); },
            [this] { clock_.ring_due(); }};
  }

  Surroundings surroundings() {
    return {config_, identity_, address_, reader_,   inventory_, watches_,
            clock_,  observer_, control_, spending_, log_};
  }

  std::string address() const {
    const std::string own = environment("POD_IP");
    const std::string host = config_.listen.substr(0, config_.listen.rfind(':'));
    return (own.empty() ? host : own) + ":" + std::to_string(server_->port());
  }

  Awaitable<void> live() {
    asio::signal_set signals(io_, SIGTERM, SIGINT);
    tell_start();
    co_await role_->check();
    watches_.start();
    role_->start();
    spawn(io_.get_executor(), each_second());
    const int signal = co_await signals.async_wait(asio::use_awaitable);
    log_.info("stop", "ends on signal " + std::to_string(signal));
    leaving_ = true;
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
    log_.info("start",
              "context " + access.context + ", server " + access.server +
                  (options_.shadow ? ", as a shadow: nothing is written" : ""),
              std::move(fields));
  }

  Awaitable<void> each_second() {
    while (!leaving_) {
      co_await pause(io_.get_executor(), std::chrono::seconds(1));
      activity_.refresh(clock_.now(),
                        [this](const FunctionName& name) { return control_.ready(name); });
      spending_.count();
      reload();
    }
  }

  void reload() {
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
    co_await pause(io_.get_executor(), due - now);
    reform_due_ = false;
    reformed_ = clock_.now();
    control_.reform();
  }

  std::string unready() const { return watches_.trouble() + role_->unready(); }

  std::string metrics() const {
    OpenMetrics text;
    tell_driver({control_.functions(), decisions_, watches_, inventory_, transport_}, text);
    spending_.tell(text);
    role_->tell(text);
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

  const DriveOptions& options_;
  ConfigFile file_;
  DriveConfig config_;
  const std::string identity_;
  std::string address_;
  asio::io_context io_{1};
  Log log_;
  LiveClock clock_;
  kubernetes::Transport transport_;
  kubernetes::Reader reader_;
  Activity activity_;
  std::unique_ptr<Role> role_;
  RolesCluster cluster_{role_};
  Control control_;
  Inventory inventory_;
  Spending spending_;
  Watches watches_;
  LiveMetrics metrics_;
  Observer observer_;
  DecisionLog decisions_;
  Pages pages_;
  std::optional<http::Server> server_;
  std::exception_ptr failed_;
  TimePoint reformed_;
  bool reform_due_ = false, leaving_ = false;
};

}  // namespace

void drive(const DriveOptions& options) { Driver(options).run(); }

}  // namespace thaw::world
