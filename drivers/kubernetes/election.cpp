#include "drivers/kubernetes/election.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "drivers/kubernetes/json_fields.hpp"
#include "drivers/kubernetes/micro_time.hpp"
#include "drivers/kubernetes/sleep.hpp"
#include "engine/invariant.hpp"

namespace thaw::kubernetes {

class Election::Impl : public std::enable_shared_from_this<Election::Impl> {
 public:
  Impl(Writer& writer, LeaseSettings settings, std::function<void(bool)> changed)
      : writer_(writer),
        settings_(std::move(settings)),
        changed_(std::move(changed)),
        random_(unrepeatable("lease")),
        timer_(writer.transport().executor()),
        expiry_(writer.transport().executor()),
        collection_("/apis/coordination.k8s.io/v1/namespaces/" +
                    http::percent_encoded(settings_.namespace_name) + "/leases") {
    THAW_CHECK(settings_.duration > settings_.renew && settings_.renew > settings_.retry * 6 / 5,
               "a lease lasts longer than its renewal may take, and that longer than its retry");
    THAW_CHECK(!settings_.identity.empty(), "a candidate has an identity");
  }

  static Awaitable<void> run(std::shared_ptr<Impl> self) {
    while (!self->stopped_) {
      const bool held = co_await self->hold();
      if (self->stopped_) break;
      co_await sleep(self->timer_, held ? self->settings_.retry : self->candidate_wait());
    }
    self->expiry_.cancel();
    if (!self->leads) co_return;
    self->step_down();
    co_await self->release();
  }

  void stop() {
    stopped_ = true;
    timer_.cancel();
  }

  bool may_write(Duration deadline) const {
    return leads && !stopped_ && steady_now() + deadline < renewed_ + settings_.duration;
  }

  bool leads = false;
  std::string holder, last_error;
  std::int64_t transitions = 0;

 private:
  std::string path() const { return collection_ + "/" + http::percent_encoded(settings_.name); }
  bool holds_on() const { return steady_now() < renewed_ + settings_.renew; }

  // Candidates come at different moments, and often: the 15 s count from when they saw the last
  // change. Where the lease ends before that they come at its end.
  Duration candidate_wait() {
    const double stretch = 1 + settings_.jitter * random_.uniform();
    const Duration wait(
        static_cast<std::int64_t>(static_cast<double>(settings_.retry.count()) / 4 * stretch));
    const Duration left = changed_at_ + record_duration_ - steady_now() + 1ms;
    return left > 0ns ? std::min(wait, left) : wait;
  }

  void step_down() {
    leads = false;
    changed_(false);
  }

  // One try to take or keep the lease.
  Awaitable<bool> hold() {
    try {
      const bool held = co_await take_or_renew();
      last_error.clear();
      co_return held;
    } catch (const ApiError& error) {
      last_error = error.what();
      known_ = nullptr;  // whether it was written is not known: look first
      co_return false;
    }
  }

  // Short enough for a second try before a leader has to step down.
  Duration one_request() const { return settings_.renew / 2 - settings_.retry / 2; }

  Awaitable<bool> take_or_renew() {
    // A leader knows the record from its own last write.
    if (!leads || known_.is_null()) {
      const bool there = co_await look();
      if (!there) co_return co_await write(Json());
      if (holder != settings_.identity && !holder.empty() &&
          steady_now() < changed_at_ + record_duration_) {
        if (leads) step_down();  // another took it
        co_return false;
      }
    }
    const Json record = known_;
    co_return co_await write(record);
  }

  // Reads the record; it counts as changed from the moment when we first saw it so.
  Awaitable<bool> look() {
    try {
      const Json found = co_await writer_.get(path(), one_request());
      remember(found);
      co_return true;
    } catch (const ApiError& error) {
      if (error.kind() != ApiError::Kind::not_found) throw;
      co_return false;
    }
  }

  void remember(const Json& record) {
    std::string version = text_at(record, {"metadata", "resourceVersion"});
    if (version != version_) changed_at_ = steady_now();
    version_ = std::move(version);
    holder = text_at(record, {"spec", "holderIdentity"});
    transitions = number_at(record, {"spec", "leaseTransitions"});
    record_duration_ = std::chrono::seconds(number_at(record, {"spec", "leaseDurationSeconds"}, 1));
    known_ = record;
  }

  // `from`: the record as it is, whose version guards the write; nothing: there is none.
  Awaitable<bool> write(Json from) {
    const bool anew = from.is_null();
    const bool ours = !anew && text_at(from, {"spec", "holderIdentity"}) == settings_.identity;
    Json record{{"apiVersion", "coordination.k8s.io/v1"},
                {"kind", "Lease"},
                {"metadata", {{"name", settings_.name}, {"namespace", settings_.namespace_name}}}};
    if (!anew) record["metadata"] = from["metadata"];
    const std::string now = micro_time_now();
    Json& spec = record["spec"] = anew ? Json::object() : from["spec"];
    spec["holderIdentity"] = settings_.identity;
    spec["leaseDurationSeconds"] =
        std::chrono::duration_cast<std::chrono::seconds>(settings_.duration).count();
    spec["renewTime"] = now;
    if (!ours) {
      spec["acquireTime"] = now;
      spec["leaseTransitions"] = anew ? 0 : number_at(from, {"spec", "leaseTransitions"}) + 1;
    }
    const SteadyInstant sent = steady_now();
    try {
      Json kept;
      if (anew) {
        kept = co_await writer_.create(collection_, record, one_request());
      } else {
        kept = co_await writer_.put(path(), record, one_request(), Repeat::unseen_only);
      }
      remember(kept);
    } catch (const ApiError& error) {
      if (error.kind() != ApiError::Kind::conflict) throw;
      known_ = nullptr;  // another was faster
      co_return false;
    }
    renewed_ = sent;
    watch_expiry();
    // An answer that took too long is a lease that another may be about to take.
    if (!leads && !stopped_ && holds_on()) {
      leads = true;
      changed_(true);
    }
    co_return true;
  }

  // Steps down in time, whatever request is under way.
  void watch_expiry() {
    expiry_.expires_at(renewed_ + settings_.renew);
    expiry_.async_wait([weak = weak_from_this()](const boost::system::error_code& cancelled) {
      const auto self = weak.lock();
      if (self && !cancelled && self->leads && !self->holds_on()) self->step_down();
    });
  }

  // Nobody's, for a second: the next one need not wait. Best effort: it expires by itself.
  Awaitable<void> release() {
    if (known_.is_null() || writer_.transport().closed()) co_return;
    Json record = known_;
    record["spec"]["holderIdentity"] = "";
    record["spec"]["leaseDurationSeconds"] = 1;
    record["spec"]["renewTime"] = micro_time_now();
    try {
      co_await writer_.put(path(), record, settings_.retry, Repeat::unseen_only);
      holder.clear();
    } catch (const ApiError& error) {
      last_error = error.what();
    }
  }

  Writer& writer_;
  LeaseSettings settings_;
  std::function<void(bool)> changed_;
  Random random_;
  boost::asio::steady_timer timer_, expiry_;
  std::string collection_, version_;
  Json known_;
  SteadyInstant changed_at_{}, renewed_{};
  Duration record_duration_{0};
  bool stopped_ = false;
};

Election::Election(Writer& writer, LeaseSettings settings, std::function<void(bool)> changed)
    : impl_(std::make_shared<Impl>(writer, std::move(settings), std::move(changed))) {}
Election::~Election() = default;
Awaitable<void> Election::run() { return Impl::run(impl_); }
void Election::stop() { impl_->stop(); }
bool Election::leads() const { return impl_->leads; }
bool Election::may_write(Duration deadline) const { return impl_->may_write(deadline); }
const std::string& Election::holder() const { return impl_->holder; }
std::int64_t Election::transitions() const { return impl_->transitions; }
const std::string& Election::last_error() const { return impl_->last_error; }

}  // namespace thaw::kubernetes
