// A connection of a caller: its requests' heads come from here, and answers go there.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "drivers/gateway/body.hpp"
#include "drivers/gateway/buffer.hpp"
#include "drivers/gateway/channel.hpp"
#include "drivers/gateway/core.hpp"
#include "drivers/gateway/head.hpp"
#include "drivers/http/message.hpp"

namespace thaw::gateway {

class Caller final : public Linked<Every>, public Linked<Headless> {
 public:
  Caller(Core& core, Channel::Socket socket, std::unique_ptr<http::TlsSession> tls);
  ~Caller();

  Awaitable<bool> begin();  // TLS, where it is spoken
  // The next request's head: `head` and `body`. False: there is none, and nothing more to say.
  Awaitable<bool> read_head();
  // Of the buffer what is not needed while its request waits. `text`, a part of the head, moves
  // with it.
  void spare_memory(std::string_view& text);
  // All of the pieces, or why not.
  Awaitable<End> write(Pieces& pieces);
  // An answer of our own. Whether another request may follow is then in `keep`.
  Awaitable<void> reply(const http::Response& response);
  Awaitable<void> refuse(int status, std::string_view why, std::string_view retry_after = {});
  // Closes so that a caller who still sends gets to read what was answered.
  Awaitable<void> linger();

  bool idle() const { return in.size() == 0; }  // of those without a head
  bool hung_up();                               // or ended its sending

  const std::string peer;  // its address
  Channel channel;
  Buffer in;        // the head, and what came behind it
  std::string out;  // the head that goes out, here or to a replica
  RequestHead head;
  std::size_t head_size = 0;  // bytes of `in`
  bool to_head = false;       // the method is HEAD
  BodyReader body;
  AnswerHead answer;     // of a replica: here, so that its memory is used again
  bool keep = true;      // another request may follow
  bool read_all = true;  // of what the caller sends we know the end

 private:
  Core& core_;
  HeadEnd head_end_;
};

}  // namespace thaw::gateway
