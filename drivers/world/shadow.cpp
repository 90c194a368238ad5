#include "drivers/world/shadow.hpp"

#include <memory>

#include "drivers/world/spawn.hpp"

namespace thaw::world {
namespace {

class LookingOn final : public Cluster {
 public:
  explicit LookingOn(Observer& observer) : observer_(observer) {}
  const Observation& observe(FunctionId id, const Wants& wants, Cause cause) override {
    return observer_.observe(id, wants, cause, {});
  }
  std::uint64_t submit(FunctionId, const Decision&) override { return 0; }

 private:
  Observer& observer_;
};

class Shadow final : public Role {
 public:
  explicit Shadow(const Surroundings& around) : around_(around), cluster_(around.observer) {}

  Cluster& cluster() override { return cluster_; }
  Awaitable<void> check() override { co_return; }
  void start() override { spawn(around_.reader.transport().executor(), begin()); }
  Awaitable<void> leave() override {
    *leaving_ = true;
    co_return;
  }
  Awaitable<std::optional<http::Response>> forward(std::string) override { co_return std::nullopt; }

 private:
  Awaitable<void> begin() {
    const std::shared_ptr<bool> leaving = leaving_;
    const std::function<bool()> still = [leaving] { return !*leaving; };
    const bool synced = co_await until_synced(around_, still);
    if (synced) around_.control.begin({}, Duration{0});
  }

  Surroundings around_;
  LookingOn cluster_;
  std::shared_ptr<bool> leaving_ = std::make_shared<bool>(false);
};

}  // namespace

std::unique_ptr<Role> make_shadow(const Surroundings& around) {
  return std::make_unique<Shadow>(around);
}

}  // namespace thaw::world
