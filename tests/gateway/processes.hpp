// The gateway and its origins as processes of their own, beside the rig.
//
// Errors: std::runtime_error when one does not say its port within 20 s. The programs are looked
// for where the rig itself lies.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/live/process.hpp"

namespace thaw::rigs {

class Server {
 public:
  explicit Server(const std::vector<std::string>& command);

  std::uint16_t port() const { return port_; }
  pid_t pid() const { return process_.pid(); }
  bool alive() const;
  std::size_t resident_bytes() const;       // now
  std::size_t resident_peak_bytes() const;  // VmHWM
  void tell(const std::string& line) { process_.tell(line + "\n"); }
  // The next line that begins so; others are passed over. Empty: none came.
  std::string heard(const std::string& beginning, int timeout_ms = 20'000);
  int stop() { return process_.stop(); }
  void kill() { process_.kill(); }

 private:
  live::Companion process_;
  std::uint16_t port_ = 0;
};

std::vector<std::string> serve_command(const std::vector<std::string>& arguments);
std::vector<std::string> origin_command(const std::vector<std::string>& arguments = {});

// The sanitizers make everything some times slower, and keep what was freed.
#ifdef __SANITIZE_ADDRESS__
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

inline double megabytes(std::size_t bytes) { return static_cast<double>(bytes) / 1e6; }

std::string at_port(std::uint16_t port);  // "127.0.0.1:port"

}  // namespace thaw::rigs
