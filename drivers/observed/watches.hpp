// The watches of a run: the pods and workloads that bear its label, and all nodes.
//
// Threads: the Transport's. Errors: a watch that breaks is taken up again (kubernetes/reflector);
// while it is broken nothing changes, and trouble() says so.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "drivers/kubernetes/reflector.hpp"

namespace thaw::observed {

class Watches {
 public:
  using Take = std::function<void(const kubernetes::Json&)>;
  struct Told {
    Take pod, pod_gone, node, node_gone, workload;
  };
  Watches(kubernetes::Reader& reader, const std::vector<std::string>& namespaces,
          const std::string& label, const Told& told);
  ~Watches();

  void start();
  void stop();
  bool synced() const;
  std::string trouble() const;  // a line for each that is broken

 private:
  kubernetes::Reader& reader_;
  std::vector<std::unique_ptr<kubernetes::Sink>> sinks_;
  std::vector<std::unique_ptr<kubernetes::Reflector>> reflectors_;
};

}  // namespace thaw::observed
