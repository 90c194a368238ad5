// Calls to one gateway, any number at once: on the connection that is idle first, or on one more.
// At most kMostConnecting connections come about at a time, so that a gateway that stalls, or a
// caller that is late, is not answered with thousands of them at once.
//
// A call that a kept connection lost before anything of it went out, or before anything of the
// answer to a GET came, is made once more on a new one, as the gateway may close what is idle at
// any time (RFC 9112, 9.3.1). Idle connections are closed within a minute, before the gateway does
// it. Errors: an address that cannot be looked up is an http::Failure, from the constructor; others
// are the ends of calls.
#pragma once

#include <array>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/loadgen/connection.hpp"

namespace thaw::loadgen {

struct Target;

class Client final : public Connection::Owner {
 public:
  class Owner {
   public:
    virtual std::shared_ptr<void> begin_turn() = 0;
    virtual void end_turn() = 0;
    virtual void head_came(std::uint32_t call, const gateway::AnswerHead& head) = 0;
    virtual void body_came(std::uint32_t call, std::string_view bytes) = 0;
    virtual void ended(std::uint32_t call, Connection::End end) = 0;

   protected:
    ~Owner() = default;
  };

  Client(boost::asio::any_io_executor executor, const Target& target, Owner& owner);
  ~Client() { stop(); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // `id` is small and nobody else's until it has ended.
  void call(std::uint32_t id, std::string bytes, bool idempotent);
  void abort(std::uint32_t id);  // its connection goes, its end is not told
  void look();                   // once a second of wall time: what hangs and what is idle goes
  void stop();
  std::size_t connections() const { return all_.size(); }

 private:
  static constexpr std::size_t kMostConnecting = 256;
  static constexpr int kConnectWithin = 10, kIdleFor = 30;  // looks

  struct Made {
    Connection* by = nullptr;
    bool idempotent = false, again = false, waits = false;
    std::string bytes;  // as long as it waits
  };
  struct Connecting {
    Connection* one;
    int since;  // the look
  };
  std::shared_ptr<void> begin_turn() override { return owner_.begin_turn(); }
  void end_turn() override { owner_.end_turn(); }
  void head_came(Connection& connection, const gateway::AnswerHead& head) override {
    owner_.head_came(connection.id(), head);
  }
  void body_came(Connection& connection, std::string_view bytes) override {
    owner_.body_came(connection.id(), bytes);
  }
  void ended(Connection& connection, Connection::End end) override;
  void opened(Connection& connection) override;
  void closed(Connection& connection) override;
  char* scratch() override { return scratch_.data(); }

  Connection& open();
  void open_more();
  void drop(Connection& connection);
  void give(Connection& connection);  // the next call, or nothing to do
  std::optional<std::uint32_t> next();
  void give_up_next();
  void close_idle();

  boost::asio::any_io_executor executor_;
  Owner& owner_;
  Connection::Tcp::endpoint where_;
  std::vector<std::shared_ptr<Connection>> all_;
  std::vector<Connection*> idle_;       // the one used last is used first
  std::size_t idle_at_least_ = 0;       // so many of its front since the last close_idle()
  std::vector<Connecting> connecting_;  // for whoever is next
  std::deque<std::uint32_t> queue_;     // calls that wait, and some that do not any more
  std::size_t waiting_ = 0;
  int looks_ = 0;
  std::vector<Made> calls_;  // by id
  std::array<char, Connection::kScratch> scratch_{};
};

}  // namespace thaw::loadgen
