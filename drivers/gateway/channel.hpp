// A TCP connection with deadlines, under TLS where it has a session: to a caller, or to a replica.
//
// One read and one write may be under way at once. What can be done at once is done without a
// coroutine; nothing allocates but Asio. Deadlines hang on the Wheel. Threads: the gateway's.
#pragma once

#include "drivers/http/awaitable.hpp"
// After the header that mends Asio's.
#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <optional>
#include <string>

#include "drivers/gateway/body.hpp"
#include "drivers/gateway/wheel.hpp"
#include "drivers/http/tls_server.hpp"

namespace thaw::gateway {

// How an operation ended: well, or why not.
enum class End : unsigned char {
  well,
  closed,  // the other side says that no more comes
  late,    // its time was over, or it was interrupted
  cut,     // we closed the connection
  failed   // it broke
};

class Channel final : private Timed {
 public:
  using Socket = boost::asio::ip::tcp::socket;

  struct Read {
    std::size_t bytes = 0;
    End end = End::well;  // with no bytes
  };

  Channel(Socket socket, Wheel& wheel, std::unique_ptr<http::TlsSession> tls = nullptr);

  Awaitable<End> connect(boost::asio::ip::tcp::endpoint to, Instant until);
  Awaitable<End> shake_hands(Instant until);

  Awaitable<Read> read(char* to, std::size_t size, Instant until);
  // What the kernel takes at once comes off the pieces. Nothing: the rest has to wait.
  std::optional<End> write_now(Pieces& pieces);
  Awaitable<End> write_rest(Pieces& pieces, Instant until);
  void end_writing();        // the other side reads an end
  void reset_when_closed();  // it reads an error in place of one

  // Nothing came since the last answer, and the other side has not closed: it may be used again.
  bool quiet();
  void interrupt();  // what is under way ends as late
  void cut();        // and all that is tried later, as cut
  bool is_cut() const { return cut_; }
  int handle() { return socket_.native_handle(); }
  bool encrypted() const { return tls_ != nullptr; }

 private:
  void expired(Instant now) override;
  void wait(Instant& which, Instant until);
  End end_of(const boost::system::error_code& wrong, bool late) const;
  Awaitable<End> wait_for(http::TlsSession::Want want, const bool& late);
  std::optional<End> write_encrypted(Pieces& pieces);

  Socket socket_;
  Wheel& wheel_;
  std::unique_ptr<http::TlsSession> tls_;
  std::string plain_;  // gathered for a record of TLS, from plain_written_ on
  std::size_t plain_written_ = 0;
  http::TlsSession::Want wanted_ = http::TlsSession::Want::nothing;  // by the write under way
  Instant read_until_ = kNever, write_until_ = kNever;
  bool read_late_ = false, write_late_ = false, cut_ = false;
};

}  // namespace thaw::gateway
