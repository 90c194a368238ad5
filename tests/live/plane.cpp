#include "tests/live/plane.hpp"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace thaw::live {
namespace {

constexpr int kMostToStart_ms = 180'000;  // 4 s on an idle machine

std::string binary() {
  const char* path = std::getenv("THAW_CONTROLPLANE");
  if (path == nullptr || *path == '\0') {
    throw std::runtime_error(
        "THAW_CONTROLPLANE does not name a control plane; ./dev test --live builds one and does");
  }
  return path;
}

void join(const std::string& network) {
  const int file = open(network.c_str(), O_RDONLY | O_CLOEXEC);
  const bool joined = file >= 0 && setns(file, CLONE_NEWNET) == 0;
  if (file >= 0) close(file);
  if (!joined)
    throw std::runtime_error("the network of the control plane cannot be joined: " + network);
}

std::vector<std::string> up(const std::vector<std::string>& flags) {
  std::vector<std::string> command{binary(), "up"};
  command.insert(command.end(), flags.begin(), flags.end());
  return command;
}

}  // namespace

Plane::Plane(const std::vector<std::string>& flags) : binary_(binary()), process_(up(flags)) {
  const std::string line = process_.line(kMostToStart_ms);
  std::istringstream words(line);
  std::string word;
  words >> word;
  if (word != "READY") throw std::runtime_error("the control plane did not start: " + line);
  while (words >> word) {
    const std::size_t equals = word.find('=');
    const std::string name = word.substr(0, equals);
    const std::string value = word.substr(equals + 1);
    if (name == "dir") folder_ = value;
    if (name == "kubeconfig") kubeconfig_ = value;
    if (name == "server") server_ = value;
    if (name == "cloud") cloud_ = value;
    if (name == "metrics") metrics_ = value;
    if (name == "prometheus") prometheus_ = value;
    if (name == "netns") join(value);
  }
}

Plane::~Plane() { stop(); }

Output Plane::kubectl(const std::vector<std::string>& arguments, const std::string& input) const {
  return run(kubectl_command(arguments), input);
}

std::vector<std::string> Plane::kubectl_command(const std::vector<std::string>& arguments) const {
  std::vector<std::string> command{binary_, "kubectl", "--kubeconfig=" + kubeconfig_,
                                   "--cache-dir=" + folder_ + "/kubectl"};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return command;
}

std::vector<std::string> Plane::lines(const std::string& file) const {
  std::ifstream in(folder_ + "/" + file);
  std::vector<std::string> all;
  for (std::string line; std::getline(in, line);) all.push_back(line);
  return all;
}

int Plane::stop() {
  const int code = process_.stop();
  std::error_code ignored;  // it has removed it itself, unless it was killed
  std::filesystem::remove_all(folder_, ignored);
  return code;
}

std::string field(const std::string& line, const std::string& name) {
  const std::string key = "\"" + name + "\":";
  const std::size_t at = line.find(key);
  if (at == std::string::npos) return {};
  std::size_t from = at + key.size();
  if (line[from] == '"') {
    ++from;
    return line.substr(from, line.find('"', from) - from);
  }
  return line.substr(from, line.find_first_of(",}", from) - from);
}

}  // namespace thaw::live
