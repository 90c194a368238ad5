#include "sim/knative/data_path.hpp"

#include <algorithm>

#include "engine/serving/activator_share.hpp"
#include "engine/serving/sample_size.hpp"
#include "engine/workload/call_paths.hpp"
#include "sim/knative/phases.hpp"

namespace thaw::sim {
namespace {

enum : std::uint32_t { kTimeout, kScrape, kActivatorReports };
constexpr Duration kPeriod = std::chrono::seconds(1);

TimePoint next_on_grid(Duration phase, TimePoint now) {
  const auto since = now.since_epoch - phase;
  return now + kPeriod - (since % kPeriod + kPeriod) % kPeriod;
}

}  // namespace

KnativeDataPath::KnativeDataPath(World& world, Requests& requests, Serving& serving,
                                 GatewayListener& listener)
    : world_(world), requests_(requests), serving_(serving), listener_(listener) {
  for (const FunctionSpec& function : world.scenario.functions) {
    const Workload& workload = world.scenario.manifests.workloads[function.workload];
    Revision& revision = revisions_.emplace_back(world.random("activator/" + function.name));
    revision.concurrency = workload.container_concurrency;
    revision.timeout = workload.request_timeout;
    revision.activators.resize(static_cast<std::size_t>(world.scenario.cluster.activators));
  }
}

Call KnativeDataPath::resolve(Method method, std::string_view path) const {
  return call_of_function(world_.scenario, method, path);
}

// Which report falls into a second of the clock, and so into a bucket, is chance in Knative too.
void KnativeDataPath::start() {
  started_ = true;
  const auto phases = KnativePhases::draw(world_.random(KnativePhases::kPurpose));
  report_phase_ = phases.report;
  scrape_phase_ = (world_.now().since_epoch + phases.scrape_delay) % kPeriod;
  for (Revision& revision : revisions_) revision.proxied_since = world_.now();
}

KnativeDataPath::Flight& KnativeDataPath::flight(RequestId id) {
  if (flights_.size() <= id) flights_.resize(id + 1);
  return flights_[id];
}

void KnativeDataPath::accept(RequestId id, const Call& call) {
  if (call.kind != Call::Kind::function)
    return listener_.answered(id, {404, Outcome::rejected, CutBy::gateway});
  Request& request = requests_.get(id);
  request.function = static_cast<std::uint32_t>(call.function);
  flight(id) = {};
  Revision& revision = revisions_[call.function];
  revision.last_call = world_.now();
  request.gateway_limit = world_.events.after(revision.timeout, *this, kTimeout, id);
  request.cold = revision.ready.empty();
  if (revision.ready.empty() || revision.mode == PathMode::proxy) return to_activator(id);
  const PodId pod = revision.ready[revision.next_pod++ % revision.ready.size()];
  to_queue_proxy(id, pod);
}

void KnativeDataPath::to_activator(RequestId id) {
  const std::size_t f = requests_.get(id).function;
  Revision& revision = revisions_[f];
  Flight& own = flight(id);
  own.proxied = true;
  own.activator = static_cast<std::uint32_t>(revision.next_activator++ % revision.subset);
  Activator& activator = revision.activators[own.activator];
  if (const auto first = activator.arrived(world_.now())) {
    revision.reports.add(*first);
    listener_.activity_at_zero(f);
    if (!activator.reporting) {
      activator.reporting = true;
      world_.events.at(next_on_grid(report_phase_, world_.now()), *this, kActivatorReports,
                       f | std::uint64_t{own.activator} << 32);
    }
  }
  if (activator.held.empty()) {
    if (const auto pod = activator.choose(revision.concurrency, revision.choice)) {
      activator.sent(*pod);
      return to_queue_proxy(id, *pod);
    }
  }
  if (revision.concurrency > 0 && activator.held.size() >= Activator::kMostHeld)
    return finish(id, {503, Outcome::rejected, CutBy::gateway});
  own.at = Flight::At::held;
  activator.held.push_back(id);
  queued(f, 1);
}

void KnativeDataPath::release_held(std::size_t f, std::size_t index) {
  Revision& revision = revisions_[f];
  Activator& activator = revision.activators[index];
  while (!activator.held.empty()) {
    const auto pod = activator.choose(revision.concurrency, revision.choice);
    if (!pod) return;
    const RequestId id = activator.held.front();
    activator.held.pop_front();
    queued(f, -1);
    activator.sent(*pod);
    to_queue_proxy(id, *pod);
  }
}

void KnativeDataPath::to_queue_proxy(RequestId id, PodId pod) {
  Flight& own = flight(id);
  own.pod = pod;
  using serving::Breaker;
  switch (proxies_.at(pod).arrived(id, own.proxied, world_.now())) {
    case Breaker::Admission::served:
      own.at = Flight::At::sent;
      return serving_.offer_to(pod, id);
    case Breaker::Admission::waiting:
      own.at = Flight::At::queued;
      return queued(requests_.get(id).function, 1);
    case Breaker::Admission::refused:
      own.at = Flight::At::nowhere;
      if (own.proxied)
        revisions_[requests_.get(id).function].activators[own.activator].returned(pod);
      return finish(id, {503, Outcome::rejected, CutBy::gateway});
  }
}

// Gives back the call's place at the replica and at the activator; whoever waits for them moves up.
void KnativeDataPath::leave(RequestId id) {
  Request& request = requests_.get(id);
  const std::size_t f = request.function;
  const Flight own = flight(id);
  flight(id).at = Flight::At::nowhere;
  world_.events.cancel(request.gateway_limit);
  Activator* const activator = own.proxied ? &revisions_[f].activators[own.activator] : nullptr;
  if (activator) activator->left(world_.now());
  if (own.at == Flight::At::nowhere) return;
  if (own.at == Flight::At::held) {
    std::erase(activator->held, id);
    return queued(f, -1);
  }
  const auto proxy = proxies_.find(own.pod);
  if (own.at == Flight::At::queued) {
    queued(f, -1);
    if (proxy != proxies_.end()) proxy->second.abandoned(id, own.proxied, world_.now());
  } else if (proxy != proxies_.end()) {
    if (const auto next = proxy->second.left(own.proxied, world_.now())) {
      flight(*next).at = Flight::At::sent;
      queued(f, -1);
      serving_.offer_to(own.pod, *next);
    }
  }
  if (!activator) return;
  activator->returned(own.pod);
  release_held(f, own.activator);
}

void KnativeDataPath::finish(RequestId id, const Answer& answer) {
  leave(id);
  listener_.answered(id, answer);
}

void KnativeDataPath::abort(RequestId id) {
  if (flight(id).at == Flight::At::sent) serving_.withdraw(id);
  leave(id);
}

// --- replicas ---

void KnativeDataPath::pod_ready(const Pod& pod) {
  Revision& revision = revisions_[pod.function];
  const auto place = std::lower_bound(revision.ready.begin(), revision.ready.end(), pod.id);
  const auto index = place - revision.ready.begin();
  revision.ready.insert(place, pod.id);
  QueueProxy& proxy =
      proxies_.emplace(pod.id, QueueProxy(revision.concurrency, world_.now())).first->second;
  revision.ready_proxies.insert(revision.ready_proxies.begin() + index, &proxy);
  share_out(revision);
  path_moved(pod.function);
  revision.scraping = true;
  if (!scraping_) {
    scraping_ = true;
    world_.events.at(next_on_grid(scrape_phase_, world_.now()), *this, kScrape);
  }
  for (std::size_t i = 0; i < revision.activators.size(); ++i) release_held(pod.function, i);
}

void KnativeDataPath::pod_not_ready(const Pod& pod) {
  Revision& revision = revisions_[pod.function];
  const auto place = std::find(revision.ready.begin(), revision.ready.end(), pod.id);
  if (place == revision.ready.end()) return;
  revision.ready_proxies.erase(revision.ready_proxies.begin() + (place - revision.ready.begin()));
  revision.ready.erase(place);
  share_out(revision);
  path_moved(pod.function);
}

void KnativeDataPath::pod_leaving(const Pod& pod) {
  pod_not_ready(pod);
  const auto found = proxies_.find(pod.id);
  if (found == proxies_.end()) return;
  const std::deque<RequestId> waiting = found->second.waiting();
  proxies_.erase(found);
  for (const RequestId id : waiting) finish(id, {502, Outcome::failed, CutBy::replica});
}

// An activator outside the subset does not find itself among the addresses, and takes every replica
// for its own.
void KnativeDataPath::share_out(Revision& revision) {
  const auto pods = static_cast<std::int32_t>(revision.ready.size());
  for (std::size_t i = 0; i < revision.activators.size(); ++i) {
    const auto index =
        i < revision.subset ? static_cast<std::int32_t>(i) : serving::kUnknownActivator;
    const serving::ActivatorShare share =
        serving::share_of(static_cast<std::int32_t>(revision.concurrency), pods, index,
                          static_cast<std::int32_t>(revision.subset));
    std::vector<PodId> own;
    for (std::int32_t pod = 0; pod < pods; ++pod)
      if (share.has(pod)) own.push_back(revision.ready[static_cast<std::size_t>(pod)]);
    revision.activators[i].assign(std::move(own));
  }
}

// --- the path ---

PathFacts KnativeDataPath::path(std::size_t function) const {
  const Revision& revision = revisions_[function];
  return {revision.mode, revision.proxied_since, revision.proxied_since.has_value()};
}

// What an activator holds that is outside the subset from now on, it still sends on.
void KnativeDataPath::steer(std::size_t function, PathMode mode, std::uint16_t gateways) {
  Revision& revision = revisions_[function];
  revision.mode = mode;
  revision.subset = std::clamp<std::size_t>(gateways, 1, revision.activators.size());
  share_out(revision);
  path_moved(function);
  for (std::size_t i = 0; i < revision.activators.size(); ++i) release_held(function, i);
}

void KnativeDataPath::path_moved(std::size_t function) {
  Revision& revision = revisions_[function];
  const bool proxied = revision.mode == PathMode::proxy || revision.ready.empty();
  if (proxied == revision.proxied_since.has_value()) return;
  revision.proxied_since = proxied ? std::optional(world_.now()) : std::nullopt;
  listener_.path_changed(function);
}

// --- reports ---

// All revisions are scraped at the same instants.
void KnativeDataPath::scrape_all() {
  scraping_ = false;
  for (Revision& revision : revisions_) {
    if (!revision.scraping) continue;
    revision.scraping = !revision.ready.empty();
    if (!revision.scraping) continue;
    scrape(revision);
    scraping_ = true;
  }
  if (scraping_) world_.events.after(kPeriod, *this, kScrape);
}

// Replicas whose queue-proxy has no report yet fail the scrape; another takes their place, and with
// too few nothing is recorded.
void KnativeDataPath::scrape(Revision& revision) {
  std::vector<QueueProxy*>& order = sampled_;
  order.assign(revision.ready_proxies.begin(), revision.ready_proxies.end());
  const auto wanted =
      static_cast<std::size_t>(serving::sample_size(static_cast<std::int32_t>(order.size())));
  Load sum{.at = world_.now(), .from_replicas = true};
  std::size_t got = 0;
  for (std::size_t i = 0; i < order.size() && got < wanted; ++i) {
    if (wanted < order.size())
      std::swap(order[i], order[i + revision.choice.below(order.size() - i)]);
    const auto& report = order[i]->report(world_.now());
    if (!report) continue;
    ++got;
    sum.concurrency += report->concurrency;
    sum.proxied_concurrency += report->proxied_concurrency;
    sum.requests += static_cast<double>(report->requests);
    sum.proxied_requests += static_cast<double>(report->proxied_requests);
  }
  if (got < wanted || got == 0) return;
  const double scale = static_cast<double>(order.size()) / static_cast<double>(got);
  for (double* part :
       {&sum.concurrency, &sum.proxied_concurrency, &sum.requests, &sum.proxied_requests})
    *part *= scale;
  revision.reports.add(sum);
}

void KnativeDataPath::activator_reports(std::size_t function, std::size_t index) {
  Revision& revision = revisions_[function];
  Activator& activator = revision.activators[index];
  const auto load = activator.report(world_.now());
  activator.reporting = load.has_value();
  if (!load) return;
  revision.reports.add(*load);
  world_.events.after(kPeriod, *this, kActivatorReports,
                      function | static_cast<std::uint64_t>(index) << 32);
}

void KnativeDataPath::fire(std::uint32_t what, std::uint64_t arg) {
  switch (what) {
    case kTimeout: {
      const auto id = static_cast<RequestId>(arg);
      abort(id);
      return listener_.answered(id, {504, Outcome::timed_out, CutBy::gateway});
    }
    case kScrape:
      return scrape_all();
    case kActivatorReports:
      return activator_reports(arg & 0xFFFF'FFFF, arg >> 32);
    default:
      return;
  }
}

}  // namespace thaw::sim
