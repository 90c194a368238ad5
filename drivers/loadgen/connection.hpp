// One connection to the gateway: calls one after another, as a strict client makes them.
//
// What comes is read into a buffer that all connections share, and dropped; of a head that comes in
// pieces at most kMostHead is kept. Who owns the connection is told, on the executor's thread; it
// may start, close or forget the connection meanwhile.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "drivers/gateway/body.hpp"
#include "drivers/gateway/head.hpp"

namespace thaw::loadgen {

class Connection final : public std::enable_shared_from_this<Connection> {
 public:
  static constexpr std::size_t kMostHead = std::size_t{32} << 10;
  using Tcp = boost::asio::ip::tcp;

  enum class End : std::uint8_t {
    answered,   // whole
    unopened,   // no connection came about
    unwritten,  // closed by the other side before any byte of the call went out
    unheard,    // closed before any byte of the answer came
    cut,        // closed in the answer
    malformed,  // what came is no answer, or its head is too large
  };

  class Owner {
   public:
    // Before anything is told, and after. The object keeps the owner alive as long.
    virtual std::shared_ptr<void> begin_turn() = 0;
    virtual void end_turn() = 0;
    virtual void head_came(Connection& connection, const gateway::AnswerHead& head) = 0;
    virtual void body_came(Connection& connection, std::string_view bytes) = 0;
    // It is idle() now, or closed.
    virtual void ended(Connection& connection, End end) = 0;
    virtual void opened(Connection& connection) = 0;  // and it has no call yet
    virtual void closed(Connection& connection) = 0;  // without a call, or not opened at all
    virtual char* scratch() = 0;                      // of kScratch bytes

   protected:
    ~Owner() = default;
  };
  static constexpr std::size_t kScratch = std::size_t{64} << 10;

  Connection(const boost::asio::any_io_executor& executor, Owner& owner);

  void connect(const Tcp::endpoint& where);
  // On one that is idle, or still connects.
  void call(std::uint32_t id, std::string bytes);
  void close();  // at once; the owner is told nothing any more

  std::uint32_t id() const { return id_; }  // of the call, during one
  bool idle() const { return open_ && !calling_; }
  bool used() const { return used_; }                  // an answer came by it before
  std::string take_call() { return std::move(out_); }  // to send it by another
  std::size_t place = 0;                               // the owner's own

 private:
  template <class What>
  void in_turn(const What& what);
  void opened(bool well);
  void write();
  void wait_to_read();
  void read();
  bool take(char* bytes, std::size_t size);  // false: over and done with
  bool take_head(char* bytes, std::size_t size);
  bool take_body(char* bytes, std::size_t size);
  void answered(bool lasts);
  void fail(End end);

  Tcp::socket socket_;
  Owner* owner_;
  std::string out_, head_;
  std::size_t sent_ = 0;
  gateway::HeadEnd head_end_;
  gateway::AnswerHead answer_;
  gateway::BodyReader body_;
  std::uint32_t id_ = 0;
  bool open_ = false, calling_ = false, used_ = false;
  bool writing_ = false, heard_ = false, in_body_ = false;
};

}  // namespace thaw::loadgen
