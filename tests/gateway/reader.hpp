// HTTP/1.1 as the rigs read it, written anew and from the grammar alone: it judges the gateway, so
// nothing of the gateway is in it.
//
// A request is well-formed when there is one way to read it: tokens where tokens belong, CRLF at
// every line's end, one Host, and at most one of Content-Length and "Transfer-Encoding: chunked".
// What RFC 9112 lets a server mend (bare LF, folded lines, spaces before a colon, equal lengths
// twice) is not well-formed here. Sources: RFC 9110, RFC 9112 sections 2 to 7.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace thaw::rigs {

struct Message {
  std::string method, target;  // of a request
  int status = 0;              // of an answer
  int minor = 1;               // HTTP/1.minor
  std::vector<std::pair<std::string, std::string>> fields;
  std::string body;
  bool lasts = true;  // the connection may bear another

  // Of the first field with that name, in any case of letters.
  std::optional<std::string_view> field(std::string_view name) const;
};

std::string hex(std::size_t value);  // as the size of a chunk is written

class Reader {
 public:
  enum class Reads { requests, answers };
  explicit Reader(Reads what) : what_(what) {}

  // Answers only: a request was sent that this will answer.
  void expect(std::string_view method) { asked_.push_back(method == "HEAD"); }

  void take(std::string_view bytes);
  void end();  // no more comes; ends a body that goes on until then

  std::vector<Message> heads;  // as they came, bodies empty; the reader only appends
  std::vector<Message> whole;  // with their bodies; likewise
  std::string wrong;           // why what came is none; nothing is read any more
  bool between() const { return state_ == State::start && buffer_.empty(); }
  bool in_body() const { return state_ != State::start; }
  bool finished() const { return state_ == State::closed; }  // the last message was to be the last

 private:
  enum class State { start, fixed, chunk_size, chunk, chunk_end, trailers, until_end, closed };

  bool step();
  bool fail(std::string why);
  bool head();
  bool frame(Message& message);
  bool chunk_size();
  bool trailers();
  bool body(std::size_t most);
  bool finish();
  std::optional<std::string> line();  // without its CRLF; nothing: not yet, or `wrong`
  bool start_line(Message& message, std::string_view line);
  bool field_line(Message& message, std::string_view line);

  Reads what_;
  std::deque<bool> asked_;  // whether it was HEAD
  State state_ = State::start;
  std::string buffer_;
  Message message_;
  std::uint64_t left_ = 0;
};

}  // namespace thaw::rigs
