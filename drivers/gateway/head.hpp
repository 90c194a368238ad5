// The head of an HTTP/1.1 message, read so that nobody can read it in another way.
//
// Stricter than RFC 9112 has to be: a line ends with CR LF; no blank before a colon, no folded
// line, no control character; one Content-Length of plain digits or Transfer-Encoding: chunked,
// never both, and the latter in HTTP/1.1 alone; one Host. What is refused here reaches no replica,
// and no answer of a replica that is refused reaches a caller. Texts are views of the bytes that
// were read. Source: RFC 9110, RFC 9112 (5.1, 5.2, 6.1, 6.3, 11.2).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace thaw::gateway {

// How long a body is.
enum class Framing : unsigned char { none, length, chunked, until_close };

// Fields that the gateway itself understands.
enum class Known : unsigned char {
  none,
  host,
  content_length,
  transfer_encoding,
  connection,
  upgrade,
  expect,
  forwarded_for,
  forwarded_host,
  forwarded_proto,
  hop,  // of one connection alone, and not ours to understand: Keep-Alive, TE, Trailer, Proxy-…
};

struct Field {
  std::string_view name, value;  // the value without the blanks around it
  Known known = Known::none;
};

struct Head {
  int minor = 1;                          // HTTP/1.minor
  std::vector<Field> fields;              // as they came
  std::vector<std::string_view> options;  // of Connection, in lower case where they are ours
  Framing framing = Framing::none;
  std::uint64_t length = 0;             // for Framing::length
  bool has_length = false;              // a Content-Length stood there, though there may be no body
  bool close = false, upgrade = false;  // among the options
  std::string_view upgrade_to;          // the only Upgrade field's value

  bool names(std::string_view field) const;  // Connection does
};

struct RequestHead : Head {
  std::string_view method, target, host;
  bool expects_continue = false;
};

struct AnswerHead : Head {
  int status = 0;
  std::string_view reason;
};

// Why a head is not taken.
struct Refusal {
  int status;       // for a request: 400, 417 or 431
  const char* why;  // in words
};

constexpr std::size_t kMostFields = 200;

// Where the head ends in the bytes so far, which only ever grow.
class HeadEnd {
 public:
  enum class State : unsigned char { partial, whole, malformed };
  State look(std::string_view bytes);
  std::size_t size() const { return line_; }  // of the whole head, with its empty line
  void reset() { line_ = 0; }

 private:
  std::size_t line_ = 0;  // where the line begins that has not ended
};

// `bytes` is a whole head. Nothing: it is taken.
std::optional<Refusal> parse(std::string_view bytes, RequestHead& head);
// `to_head`: it answers a HEAD, so that no body follows.
std::optional<Refusal> parse(std::string_view bytes, bool to_head, AnswerHead& head);

bool is_token(std::string_view text);

}  // namespace thaw::gateway
