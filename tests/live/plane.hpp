// A real Kubernetes control plane for a test program: tests/controlplane, started in a folder of
// its own and gone with the program, also when that crashes. One for each program; the test cases
// in it take a namespace each.
//
// Errors: the constructor throws std::runtime_error when THAW_CONTROLPLANE names no binary, or it
// is not ready in time.
#pragma once

#include <string>
#include <vector>

#include "tests/live/process.hpp"

namespace thaw::live {

class Plane {
 public:
  // flags are `up`'s: {"-prometheus"}, {"-start", "2s"}. With -namespace the calling thread, and
  // what it starts, is in the plane's network from then on.
  explicit Plane(const std::vector<std::string>& flags = {});
  ~Plane();

  const std::string& kubeconfig() const { return kubeconfig_; }  // of a user who may do everything
  const std::string& server() const { return server_; }          // URL of the API server
  const std::string& folder() const {
    return folder_;
  }  // audit.jsonl, cloud.jsonl, NAME.log, NAME.pid …
  const std::string& cloud() const { return cloud_; }      // URL of the stand-in cloud
  const std::string& metrics() const { return metrics_; }  // URL of what the metric APIs are told
  const std::string& prometheus() const { return prometheus_; }  // URL; empty without -prometheus
  pid_t pid() const { return process_.pid(); }

  // kubectl with these arguments as that user; input is for `apply -f -`. Its command line alone is
  // for a Companion: a watch.
  Output kubectl(const std::vector<std::string>& arguments, const std::string& input = {}) const;
  std::vector<std::string> kubectl_command(const std::vector<std::string>& arguments) const;

  // The lines of one of the folder's files.
  std::vector<std::string> lines(const std::string& file) const;

  // Stops all of it and removes the folder; the exit code is 0 if all was well until then. Again is
  // harmless.
  int stop();

 private:
  std::string binary_, folder_, kubeconfig_, server_, cloud_, metrics_, prometheus_;
  Companion process_;
};

// The text of one field of a flat JSON object on one line, without quotes; empty where it is
// absent. Enough for the journals.
std::string field(const std::string& line, const std::string& name);

}  // namespace thaw::live
