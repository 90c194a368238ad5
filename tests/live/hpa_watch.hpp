// What the HPA controller of a plane sees of its targets, and what it says of its autoscalers: each
// change of a pod, a Deployment or a HorizontalPodAutoscaler, with the instant when a watch told
// it.
//
// Objects belong to the subject that their label `app` names. Instants are
// std::chrono::steady_clock in nanoseconds, as in the plane's journals. Threads: the watches have
// one of their own.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "drivers/kubernetes/kubeconfig.hpp"
#include "drivers/kubernetes/reader.hpp"
#include "drivers/kubernetes/reflector.hpp"
#include "drivers/kubernetes/transport.hpp"

namespace thaw::live {

using Json = nlohmann::json;

std::int64_t steady_ns();

struct Change {
  enum class Of { pod, deployment, autoscaler };
  std::int64_t t_ns = 0;
  Of of = Of::pod;
  std::string subject, name;
  // pod: {phase, ready, deleted}; deployment: {replicas, statusReplicas}; autoscaler: the object.
  // null: gone.
  Json facts;
};

class HpaWatch {
 public:
  explicit HpaWatch(const kubernetes::Access& access);
  ~HpaWatch();  // stops

  bool synced() const { return synced_ == 3; }
  std::set<std::string> pods(const std::string& subject) const;  // those that are there
  void stop();
  const std::vector<Change>& changes() const { return changes_; }  // after stop(), in their order

 private:
  struct Notes;
  void note(Change change);

  boost::asio::io_context io_;
  kubernetes::Transport transport_;
  kubernetes::Reader reader_;
  mutable std::mutex mutex_;
  std::vector<Change> changes_;
  std::map<std::string, std::set<std::string>> pods_;
  std::atomic<int> synced_{0};
  std::deque<Notes> notes_;
  std::deque<kubernetes::Reflector> reflectors_;
  std::thread thread_;
};

}  // namespace thaw::live
