#include "tests/live/driver.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "tests/live/eventually.hpp"

namespace thaw::live {
namespace {

int free_port() {
  const int socket_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  bind(socket_, reinterpret_cast<const sockaddr*>(&address), size);
  getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size);
  close(socket_);
  return ntohs(address.sin_port);
}

}  // namespace

Driver::Driver(DriverSettings settings)
    : settings_(std::move(settings)), port_(free_port()), calls_port_(free_port()) {
  url_ = "http://127.0.0.1:" + std::to_string(port_);
  calls_url_ = "http://127.0.0.1:" + std::to_string(calls_port_);
  std::filesystem::create_directories(settings_.folder);
  configure(settings_.more);
}

Driver::~Driver() { kill_nine(); }

void Driver::configure(const std::string& more) {
  std::ofstream file(settings_.folder + "/drive.yaml");
  file << "apiVersion: thaw/v1\nkind: Drive\nkubeconfig: " << settings_.kubeconfig
       << "\nnamespaces: [" << settings_.space << "]\nlisten: 127.0.0.1:" << port_ << "\n"
       << more;
  if (settings_.gateway)
    file << "gateway: {listen: \"127.0.0.1:" << calls_port_ << "\""
         << (settings_.gateway->empty() ? "" : ", ") << *settings_.gateway << "}\n";
}

void Driver::launch() {
  const char* const binary = std::getenv("THAW_BINARY");
  if (!binary) throw std::runtime_error("THAW_BINARY names no command");
  std::vector<std::string> command = {
      "/bin/sh",
      "-c",
      "folder=$1; shift; exec \"$0\" drive \"$folder/drive.yaml\" \"$@\" 2>>\"$folder/log\"",
      binary,
      settings_.folder,
      "--identity",
      settings_.identity};
  if (settings_.shadow) command.emplace_back("--shadow");
  if (!settings_.record.empty()) command.insert(command.end(), {"--record", settings_.record});
  process_ = std::make_unique<Companion>(command);
}

void Driver::start() {
  launch();
  if (!eventually(std::chrono::seconds(20), [this] { return ready(); }))
    throw std::runtime_error("drive does not become ready:\n" + log());
}

void Driver::kill_nine() {
  if (!process_) return;
  kill(process_->pid(), SIGKILL);
  process_->stop();
  process_.reset();
}

int Driver::stop() {
  const int code = process_->stop();
  process_.reset();
  return code;
}

int Driver::ends() {
  process_->line(10'000);  // it says nothing on standard output: this is its end
  return stop();
}

bool Driver::ready() const {
  try {
    return get("/readyz").status == 200;
  } catch (const std::runtime_error&) {
    return false;
  }
}

bool Driver::leads() const {
  try {
    return get("/metrics").body.find("\nthaw_leader 1\n") != std::string::npos;
  } catch (const std::runtime_error&) {
    return false;
  }
}

int Driver::wake(const std::string& function) const {
  try {
    return http("POST", url_ + "/wake-function/" + function).status;
  } catch (const std::runtime_error& error) {
    throw std::runtime_error(error.what() + ("\n" + log()));
  }
}

Reply Driver::get(const std::string& path) const { return http("GET", url_ + path); }

std::string Driver::log() const {
  std::ifstream in(settings_.folder + "/log");
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace thaw::live
