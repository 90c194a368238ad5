// A body as it comes, freed of its framing in place, and framed anew for the other side.
//
// Chunks are read strictly (plain hex digits, CR LF, extensions without control characters) and
// written in our own words, so that no two parsers see different ones. Extensions and trailers end
// here: nobody may rely on them (RFC 9110, 6.5). Source: RFC 9112 (6, 7.1).
#pragma once

#include <sys/uio.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

#include "drivers/gateway/head.hpp"

namespace thaw::gateway {

class BodyReader {
 public:
  enum class State : unsigned char { more, done, malformed, too_large };
  // Bytes used up, and how many of them are of the body: those stand at the front now.
  struct Step {
    std::size_t taken = 0, body = 0;
  };

  void begin(Framing framing, std::uint64_t length,
             std::uint64_t limit = std::numeric_limits<std::uint64_t>::max());
  // Uses up all of `size`, unless the body ends before.
  Step feed(char* bytes, std::size_t size);
  State state() const { return state_; }
  bool done() const { return state_ == State::done; }
  bool ends_with_the_connection() const { return framing_ == Framing::until_close; }

 private:
  enum class At : unsigned char {
    size,
    extension,  // behind its ';'
    extension_name,
    extension_value,  // behind its '='
    extension_token,
    quoted,
    escaped,
    unquoted,
    size_lf,
    data,
    data_cr,
    data_lf,
    line,        // the first byte of a trailer's line
    name,        // of a trailer
    trailer,     // behind its colon
    trailer_lf,  // behind its CR
    last_lf      // behind the empty line's CR
  };

  Step feed_chunks(char* bytes, std::size_t size);
  void control(char c);  // a byte that is not the body's
  void size_digit(char c);
  void extension_byte(char c);
  void trailer_byte(char c);
  void go_on(bool right, At next);

  Framing framing_ = Framing::none;
  State state_ = State::done;
  At at_ = At::size;
  std::uint64_t left_ = 0;   // of the body, or of the chunk
  std::uint64_t limit_ = 0;  // of the whole body that is still allowed
  std::uint32_t digits_ = 0, line_ = 0;
};

// What is to be written at once: a head, a chunk's size, bytes, and a chunk's end.
class Pieces {
 public:
  void add(std::string_view bytes);
  // The next part of a body, as `framing` has it; `last`: nothing comes after it. Once per Pieces.
  void add_body(std::string_view bytes, Framing framing, bool last);

  bool empty() const { return first_ == count_; }
  iovec* data() { return list_.data() + first_; }
  std::size_t count() const { return count_ - first_; }
  std::size_t size() const;
  void written(std::size_t bytes);  // off the front
  void clear() { first_ = count_ = 0; }

 private:
  std::array<iovec, 5> list_{};
  std::size_t first_ = 0, count_ = 0;
  std::array<char, 18> chunk_{};  // 16 hex digits, CR LF
};

}  // namespace thaw::gateway
