// A replica as the rigs need it: it answers at once, late, slowly, in parts, or dies doing so.
//
// Asked by the query of a request's target: size=BYTES (of the body; 2), delay=MS, chunks=N and
// pause=MS (a streamed answer of N chunks of `size` bytes), die=head (closes without an answer) or
// die=body (closes within it). A body is "ok", or as many 'x'. The answer's X-Target is the
// request's target, so that a caller can tell that the answer is its own.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "tests/gateway/reader.hpp"
#include "tests/gateway/stream.hpp"

namespace thaw::rigs {

class Origin {
 public:
  struct Hooks {
    std::function<void(const Message&)> head;       // a request began
    std::function<void(const Message&)> whole;      // and its body is there; asked before `bytes`
    std::function<void(const std::string&)> wrong;  // what came is no request
    // All that is answered, instead of what the target asks for; the connection ends after it when
    // the second is true.
    std::function<std::optional<std::pair<std::string, bool>>(const Message&)> bytes;
  };
  explicit Origin(Loop& loop, std::uint16_t port = 0, Hooks hooks = {});
  ~Origin();
  Origin(const Origin&) = delete;
  Origin& operator=(const Origin&) = delete;

  std::uint16_t port() const { return listener_.port(); }

 private:
  class Peer;

  Loop& loop_;
  Hooks hooks_;
  Listener listener_;
  std::list<std::shared_ptr<Peer>> peers_;
};

// The number after "name=" in a target's query.
std::optional<std::uint64_t> query_number(std::string_view target, std::string_view name);

}  // namespace thaw::rigs
