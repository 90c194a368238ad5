// Plain sockets for both ends of the gateway: a caller, and a replica that does what it is told.
//
// Everything blocks, for at most kPatience: what takes longer fails the test that waits. A
// replica's connections are served on threads of their own.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "drivers/gateway/gateway.hpp"

namespace thaw::gateway {

constexpr std::chrono::seconds kPatience{10};

struct Message {
  std::string head;  // with its empty line; empty: the connection ended before it did
  std::string body;  // without its framing
  bool whole = false;
  int status() const { return head.size() > 12 ? std::stoi(head.substr(9, 3)) : 0; }
  bool has(std::string_view line) const { return head.find(line) != std::string::npos; }
};

// One end of a connection.
class Peer {
 public:
  explicit Peer(int socket);
  static Peer unconnected();
  void connect_to(std::uint16_t port);
  explicit Peer(std::uint16_t port, int receive_buffer = 0);  // connects to 127.0.0.1
  Peer(Peer&& other) noexcept;
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;
  ~Peer();

  bool send(std::string_view bytes);  // false: the other side is gone
  bool fill();  // as `bytes` go for ever: one buffer full; false: nothing goes
  std::string read_some(std::chrono::milliseconds within = kPatience);  // "": the end, or nothing
  std::string read_until(std::string_view mark);  // and what came behind it stays
  std::string read_to_end();
  Message read_message(bool without_body = false);  // a request, or an answer
  bool ended();  // reads an end or a reset within the patience, and nothing before
  bool was_reset() const { return reset_; }
  bool silent(std::chrono::milliseconds length);  // nothing comes meanwhile
  void end_sending();
  void reset();  // of a caller
  void close();
  int handle() const { return socket_; }

 private:
  bool more(std::chrono::milliseconds within);
  bool read_chunks(std::string& body);

  int socket_;
  bool reset_ = false;
  std::string read_;
};

// A replica.
class Origin {
 public:
  // Serves one connection, the first is 1; when it returns the connection is closed.
  using Serve = std::function<void(Peer&, int connection)>;

  Origin();  // echoes: see echo()
  explicit Origin(Serve serve);
  ~Origin();

  Replica replica() const;
  std::uint16_t port() const { return port_; }
  int connections() const { return connections_; }
  int requests() const { return requests_; }
  void count_request() { ++requests_; }
  void stop_listening();

  // Answers each request with 200 and, as its body, what came: the head and the body.
  void echo(Peer& peer);

 private:
  void accept();

  Serve serve_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<int> connections_{0}, requests_{0};
  std::atomic<bool> over_{false};
  std::mutex mutex_;
  std::vector<std::thread> threads_;
  std::vector<int> sockets_;
  std::thread accepting_;
};

// A port whose connections are never accepted: its queue is full.
class Deaf {
 public:
  Deaf();
  ~Deaf();
  Replica replica() const;

 private:
  std::vector<int> sockets_;
  std::uint16_t port_ = 0;
};

inline const std::string kGet = "GET /function/f HTTP/1.1\r\nHost: g\r\n\r\n";
std::string ok(std::string_view body, std::string_view more_fields = "");

// A gateway with one function "f" in namespace "default", and what its hooks were told.
class Bench {
 public:
  explicit Bench(const std::function<void(Settings&)>& change = {},
                 const std::function<void(Gateway::Hooks&)>& hook = {});

  void route(std::vector<Replica> ready, const std::function<void(Route&)>& change = {});
  void routes(Routes routes);
  Peer caller() { return Peer(gateway->port()); }
  // One request on a connection of its own, as it is; its answer.
  Message ask(std::string_view request);
  Message get(std::string_view rest = "/");
  Traffic traffic();                                                       // of "f"
  Traffic traffic_when(const std::function<bool(const Traffic&)>& holds);  // or as it is at last
  int wanted() const { return *wanted_; }

  std::unique_ptr<Gateway> gateway;

 private:
  std::shared_ptr<std::atomic<int>> wanted_ = std::make_shared<std::atomic<int>>(0);
};

bool eventually(const std::function<bool()>& holds);

}  // namespace thaw::gateway
