#include "tests/gateway/processes.hpp"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace thaw::rigs {
namespace {

std::vector<std::string> command_of(const char* name, const std::vector<std::string>& arguments) {
  std::vector<std::string> command = {
      std::filesystem::read_symlink("/proc/self/exe").replace_filename(name).string()};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return command;
}

// Of /proc/PID/status, which has kibibytes.
std::size_t bytes_of(pid_t pid, const std::string& key) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with(key + ":")) return std::stoull(line.substr(key.size() + 1)) * 1024;
  }
  return 0;
}

}  // namespace

Server::Server(const std::vector<std::string>& command) : process_(command) {
  const std::string said = heard("port ");
  if (said.empty()) throw std::runtime_error(command.at(0) + " does not say its port");
  port_ = static_cast<std::uint16_t>(std::stoul(said.substr(5)));
}

bool Server::alive() const {
  std::ifstream in("/proc/" + std::to_string(pid()) + "/stat");
  std::string text;
  std::getline(in, text);
  const std::size_t end = text.rfind(')');
  return end != std::string::npos && end + 2 < text.size() && text[end + 2] != 'Z';
}

std::size_t Server::resident_bytes() const { return bytes_of(pid(), "VmRSS"); }
std::size_t Server::resident_peak_bytes() const { return bytes_of(pid(), "VmHWM"); }

std::string Server::heard(const std::string& beginning, int timeout_ms) {
  while (true) {
    std::string line = process_.line(timeout_ms);
    if (line.empty() || line.starts_with(beginning)) return line;
  }
}

std::vector<std::string> serve_command(const std::vector<std::string>& arguments) {
  return command_of("gateway_serve", arguments);
}

std::vector<std::string> origin_command(const std::vector<std::string>& arguments) {
  return command_of("gateway_origin", arguments);
}

std::string at_port(std::uint16_t port) { return "127.0.0.1:" + std::to_string(port); }

}  // namespace thaw::rigs
