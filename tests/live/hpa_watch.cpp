#include "tests/live/hpa_watch.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <utility>

#include "drivers/kubernetes/json_fields.hpp"

namespace thaw::live {
namespace hpa_watch {

using kubernetes::number_at;
using kubernetes::text_at;
using Of = Change::Of;

// As the API writes it; "none" where the pod has no such condition.
std::string ready_of(const Json& pod) {
  const Json* conditions = kubernetes::field(pod, {"status", "conditions"});
  if (conditions != nullptr) {
    for (const Json& one : *conditions) {
      if (text_at(one, {"type"}) == "Ready") return text_at(one, {"status"});
    }
  }
  return "none";
}

Json facts_of(Of of, const Json& object) {
  switch (of) {
    case Of::pod:
      return {{"phase", text_at(object, {"status", "phase"})},
              {"ready", ready_of(object)},
              {"deleted", kubernetes::field(object, {"metadata", "deletionTimestamp"}) != nullptr}};
    case Of::deployment:
      return {{"replicas", number_at(object, {"spec", "replicas"})},
              {"statusReplicas", number_at(object, {"status", "replicas"})}};
    case Of::autoscaler:
      break;
  }
  return object;
}

}  // namespace hpa_watch

std::int64_t steady_ns() { return std::chrono::steady_clock::now().time_since_epoch().count(); }

struct HpaWatch::Notes final : kubernetes::Sink {
  Notes(HpaWatch& watch, Change::Of kind) : all(watch), of(kind) {}

  void applied(const kubernetes::Json& object) override {
    write(object, hpa_watch::facts_of(of, object));
  }
  void deleted(const kubernetes::Json& object) override { write(object, nullptr); }
  void synced() override { ++all.synced_; }

  void write(const Json& object, Json facts) {
    const std::string name = kubernetes::text_at(object, {"metadata", "name"});
    const std::string app = kubernetes::text_at(object, {"metadata", "labels", "app"});
    all.note({steady_ns(), of, app.empty() ? name : app, name, std::move(facts)});
  }

  HpaWatch& all;
  Change::Of of;
};

HpaWatch::HpaWatch(const kubernetes::Access& access)
    : transport_(io_.get_executor(), access), reader_(transport_) {
  const std::pair<const char*, Change::Of> collections[] = {
      {"/api/v1/namespaces/default/pods", Change::Of::pod},
      {"/apis/apps/v1/namespaces/default/deployments", Change::Of::deployment},
      {"/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers", Change::Of::autoscaler}};
  for (const auto& [path, of] : collections) {
    notes_.emplace_back(*this, of);
    reflectors_.emplace_back(reader_, kubernetes::Collection{path}, notes_.back());
    boost::asio::co_spawn(io_, reflectors_.back().run(), [](std::exception_ptr) {});
  }
  thread_ = std::thread([this] { io_.run(); });
}

HpaWatch::~HpaWatch() { stop(); }

void HpaWatch::stop() {
  if (!thread_.joinable()) return;
  boost::asio::post(io_, [this] {
    for (kubernetes::Reflector& reflector : reflectors_) reflector.stop();
    transport_.close();
  });
  thread_.join();
}

void HpaWatch::note(Change change) {
  const std::lock_guard lock(mutex_);
  if (change.of == Change::Of::pod) {
    std::set<std::string>& there = pods_[change.subject];
    if (change.facts.is_null()) {
      there.erase(change.name);
    } else {
      there.insert(change.name);
    }
  }
  changes_.push_back(std::move(change));
}

std::set<std::string> HpaWatch::pods(const std::string& subject) const {
  const std::lock_guard lock(mutex_);
  const auto found = pods_.find(subject);
  return found == pods_.end() ? std::set<std::string>{} : found->second;
}

}  // namespace thaw::live
