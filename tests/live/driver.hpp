// A `thaw drive` under test: its configuration, its log, and its end, gentle or not.
//
// Errors: std::runtime_error when THAW_BINARY names no command, or it does not come up in time.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/live/http.hpp"
#include "tests/live/process.hpp"

namespace thaw::live {

struct DriverSettings {
  std::string folder;  // for its files; of this driver alone
  std::string kubeconfig;
  std::string space;  // the namespace that it works in, and that holds its Lease and state
  std::string identity = "a";
  std::string more = {};  // lines of the configuration
  bool shadow = false;
  std::optional<std::string> gateway = {};  // fields of its section but `listen`: "drain: 9s"
  std::string record = {};                  // a folder
};

class Driver {
 public:
  explicit Driver(DriverSettings settings);
  ~Driver();

  void start();   // returns when it is ready: synced, and the Lease is somebody's
  void launch();  // returns at once
  void kill_nine();
  int stop();  // SIGTERM, and its exit code
  int ends();  // by itself, within 10 s; its exit code
  bool ready() const;
  bool leads() const;
  int wake(const std::string& function) const;  // the status of the answer
  Reply get(const std::string& path) const;
  const std::string& url() const { return url_; }
  const std::string& calls() const { return calls_url_; }  // where its gateway listens
  pid_t pid() const { return process_->pid(); }
  std::string log() const;  // all of it, over its lives
  void configure(const std::string& more);

 private:
  DriverSettings settings_;
  std::string url_, calls_url_;
  int port_, calls_port_;
  std::unique_ptr<Companion> process_;
};

}  // namespace thaw::live
