#include "drivers/world/spending.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/scenario/presets.hpp"

namespace thaw::world {
namespace {

constexpr Wide kHour = Duration(std::chrono::hours(1)).count();

std::string words(Nanomoney amount, const std::string& currency) {
  std::string text = decimal(amount, 9);
  text.resize(text.size() - 7);  // to the cent
  return text + " " + currency;
}

}  // namespace

std::optional<Nanomoney> Spending::price_of(const std::string& type) const {
  if (const auto own = limit_->per_hour.find(type); own != limit_->per_hour.end())
    return own->second;
  for (const auto& [name, machine] : scenario::machine_presets())
    if (name.ends_with("/" + type) && machine.price.currency == limit_->currency)
      return machine.price.per_hour;
  return std::nullopt;
}

void Spending::apply(const NodeState& node) {
  if (!limit_ || nodes_.contains(node.name)) return;
  count();
  const std::optional<Nanomoney> price = price_of(node.type);
  if (!price)
    log_.warning("spending", "node " + node.name + " of type \"" + node.type +
                                 "\" has no price in " + limit_->currency +
                                 " and is not counted: add it to spending.prices");
  nodes_[node.name] = price.value_or(0);
}

void Spending::remove(const NodeState& node) {
  count();
  nodes_.erase(node.name);
}

void Spending::count() {
  const TimePoint now = clock_.now();
  if (!limit_) return;
  if (now - since_ >= limit_->per) {
    since_ = now - (now - since_) % limit_->per;
    counted_ = std::max(counted_, since_);
    spent_ = 0;
    told_ = false;
  }
  const Wide passed = (now - counted_).count();
  for (const auto& [name, per_hour] : nodes_) spent_ += passed * per_hour;
  counted_ = now;
  if (!is_spent() || told_) return;
  told_ = true;
  log_.warning("spending", words(spent(), limit_->currency) + " are spent of " +
                               words(limit_->most, limit_->currency) +
                               ": nothing is scaled up until " + to_text(since_ + limit_->per));
}

Nanomoney Spending::spent() const { return static_cast<Nanomoney>(spent_ / kHour); }

bool Spending::is_spent() const { return limit_ && spent() >= limit_->most; }

std::string Spending::save() const {
  return nlohmann::json{{"since_ns", since_.ns()}, {"spent_nano", spent()}}.dump();
}

void Spending::restore(const std::string& saved) {
  const nlohmann::json value = nlohmann::json::parse(saved, nullptr, false);
  if (!value.is_object()) return;
  const auto since = value.find("since_ns"), spent = value.find("spent_nano");
  if (since == value.end() || !since->is_number_integer()) return;
  if (spent == value.end() || !spent->is_number_integer()) return;
  since_ = TimePoint{Duration(since->get<std::int64_t>())};
  spent_ += Wide{spent->get<Nanomoney>()} * kHour;
  count();
}

void Spending::tell(OpenMetrics& metrics) const {
  if (!limit_) return;
  metrics.gauge("thaw_spent", "Of what the nodes may cost in this period, in its currency.");
  metrics.sample({{"currency", limit_->currency}}, static_cast<double>(spent()) / 1e9);
  metrics.gauge("thaw_spending_limit", "What the nodes may cost in a period.");
  metrics.sample({{"currency", limit_->currency}}, static_cast<double>(limit_->most) / 1e9);
}

}  // namespace thaw::world
