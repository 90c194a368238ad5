#include "drivers/gateway/balancer.hpp"

#include <algorithm>
#include <utility>

namespace thaw::gateway {
namespace {

// Calls that get a place in one go. Thousands at once would keep the thread from everybody else,
// deadlines too, for as long as it takes to send them all.
constexpr int kAtOnce = 32;

}  // namespace

Place::Place(std::shared_ptr<Function> function, Seat* seat, Taker taker)
    : function_(std::move(function)), seat_(seat), taker_(taker) {}

Place::Place(Place&& other) noexcept
    : function_(std::move(other.function_)),
      seat_(std::exchange(other.seat_, nullptr)),
      taker_(other.taker_) {}

Place& Place::operator=(Place&& other) noexcept {
  if (this == &other) return *this;
  give_back();
  function_ = std::move(other.function_);
  seat_ = std::exchange(other.seat_, nullptr);
  taker_ = other.taker_;
  return *this;
}

Place::~Place() { give_back(); }

const Replica& Place::replica() const { return seat_->replica; }
std::uint64_t Place::replica_id() const { return seat_->id; }
void Place::avoid(Instant until) { seat_->avoided_until = until; }

void Place::give_back() {
  if (!seat_) return;
  const auto function = std::move(function_);
  function->give_back(*std::exchange(seat_, nullptr), taker_);
}

void Waiter::leave() {
  if (!function_) return;
  const auto function = function_;
  function->remove(*this);
}

Place Function::take(Taker taker, Instant now) {
  now_ = std::max(now_, now);
  if (!queue_.empty()) return {};
  Seat* const seat = choose(taker);
  if (!seat) return {};
  ++seat->in_service;
  if (taker == Taker::delivery) ++seat->deliveries, ++deliveries_;
  return Place(shared_from_this(), seat, taker);
}

Seat* Function::choose(Taker taker) {
  const bool delivery = taker == Taker::delivery;
  if (!known_ || (delivery && deliveries_ >= route_->async.parallel)) return nullptr;
  const std::uint32_t limit = route_->per_replica;
  Seat* best = nullptr;
  std::size_t chosen = 0;
  for (std::size_t i = 0; i < ready_; ++i) {
    const std::size_t at = (turn_ + i) % ready_;
    Seat& seat = *seats_[at];
    if (limit != 0 && seat.in_service >= limit) continue;
    if (delivery && seat.deliveries >= route_->async.per_replica) continue;
    if (seat.avoided_until > now_) continue;
    if (best && seat.in_service >= best->in_service) continue;
    best = &seat;
    chosen = at;
  }
  if (best) turn_ = (chosen + 1) % ready_;
  return best;
}

bool Function::enqueue(Waiter& waiter, bool first) {
  if (!known_ || (!first && waiting_ >= route_->queue)) return false;
  waiter.function_ = shared_from_this();
  if (first) {
    queue_.push_front(waiter);
  } else {
    queue_.push_back(waiter);
  }
  ++waiting_;
  return true;
}

void Function::remove(Waiter& waiter) {
  waiter.unlink();
  waiter.function_.reset();
  if (--waiting_ == 0) told_.reset();
}

bool Function::unserved(Instant now) {
  now_ = std::max(now_, now);
  if (waiting_ == 0 || ready_ > 0) return false;
  if (told_ && now < *told_ + std::chrono::seconds(1)) return false;
  told_ = now;
  return true;
}

void Function::grant(int most) {
  const auto self = shared_from_this();  // the last waiter may be the last that knows of it
  while (!queue_.empty() && most-- > 0) {
    Seat* const seat = choose(Taker::call);
    if (!seat) return;
    ++seat->in_service;
    Waiter& waiter = queue_.front();
    remove(waiter);
    waiter.granted(Place(self, seat, Taker::call));
  }
}

void Function::give_back(Seat& seat, Taker taker) {
  --seat.in_service;
  if (taker == Taker::delivery) --seat.deliveries, --deliveries_;
  if (!seat.listed) sweep();
  grant(1);
}

void Function::sweep() {
  std::erase_if(seats_, [](const auto& seat) { return !seat->listed && seat->in_service == 0; });
}

void Function::relist(std::shared_ptr<const Route> route, std::uint64_t& next_id, Instant now) {
  now_ = std::max(now_, now);
  route_ = std::move(route);
  known_ = true;
  for (const auto& seat : seats_) seat->listed = false;
  std::vector<std::unique_ptr<Seat>> listed;
  for (const Replica& replica : route_->ready) {
    const auto same = std::ranges::find_if(seats_, [&](const std::unique_ptr<Seat>& seat) {
      return seat && seat->replica == replica;
    });
    if (same != seats_.end()) {
      listed.push_back(std::move(*same));
    } else {
      listed.push_back(std::make_unique<Seat>());
      listed.back()->replica = replica;
      listed.back()->id = next_id++;
    }
    listed.back()->listed = true;
  }
  ready_ = listed.size();
  turn_ = ready_ == 0 ? 0 : turn_ % ready_;
  for (auto& seat : seats_) {
    if (seat && seat->in_service > 0) listed.push_back(std::move(seat));
  }
  seats_ = std::move(listed);
  grant(kAtOnce);
}

void Function::add_replica_ids(std::vector<std::uint64_t>& to) const {
  for (std::size_t i = 0; i < ready_; ++i) to.push_back(seats_[i]->id);
}

void Function::vanish() {
  known_ = false;
  for (const auto& seat : seats_) seat->listed = false;
  ready_ = turn_ = 0;
  sweep();
  while (!queue_.empty()) {
    Waiter& waiter = queue_.front();
    remove(waiter);
    waiter.vanished();
  }
}

void Balancer::route(const std::shared_ptr<const Routes>& routes, Instant now) {
  std::vector<std::shared_ptr<Function>> functions, gone;
  names_.clear();
  auto old = functions_.begin();
  for (const Route& route : routes->functions) {
    while (old != functions_.end() && (*old)->name() < route.name) gone.push_back(*old++);
    const bool same = old != functions_.end() && (*old)->name() == route.name;
    functions.push_back(same ? *old++ : std::make_shared<Function>(route.name));
  }
  gone.insert(gone.end(), old, functions_.end());
  functions_ = std::move(functions);
  for (const auto& function : functions_) {
    const auto& [space, name] = function->name();
    const auto [known, fresh] = names_.try_emplace(name, function);
    if (!fresh) known->second = nullptr;  // two namespaces have it: only the long form is clear
  }
  for (const auto& function : functions_) {
    const auto& [space, name] = function->name();
    names_[name + "." + space] = function;
  }
  for (const auto& function : gone) function->vanish();
  for (std::size_t i = 0; i < functions_.size(); ++i) {
    // The snapshot lives as long as one of its functions does.
    const std::shared_ptr<const Route> route(routes, &routes->functions[i]);
    functions_[i]->relist(route, next_id_, now);
  }
}

std::shared_ptr<Function> Balancer::find(std::string_view name) const {
  const auto found = names_.find(name);
  return found == names_.end() ? nullptr : found->second;
}

std::shared_ptr<Function> Balancer::find(const FunctionName& name) const {
  const auto found = std::ranges::lower_bound(
      functions_, name, {},
      [](const auto& function) -> const FunctionName& { return function->name(); });
  return found != functions_.end() && (*found)->name() == name ? *found : nullptr;
}

void Balancer::tick(Instant now) {
  for (const auto& function : functions_) {
    function->now_ = std::max(function->now_, now);
    if (!function->queue_.empty()) function->grant(kAtOnce);
  }
}

}  // namespace thaw::gateway
