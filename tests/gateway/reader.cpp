#include "tests/gateway/reader.hpp"

#include <algorithm>

#include "drivers/http/ascii.hpp"

namespace thaw::rigs {
namespace {

constexpr std::size_t kLongestHead = std::size_t{1} << 20;

bool is_token(std::string_view text) {
  constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    return http::is_alphanumeric(c) || kOthers.find(c) != std::string_view::npos;
  });
}

// VCHAR and obs-text, and, where `spaced`, SP and HTAB.
bool is_visible(std::string_view text, bool spaced) {
  return std::ranges::all_of(text, [&](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte > 0x20 && byte != 0x7f) || (spaced && (c == ' ' || c == '\t'));
  });
}

std::string_view trimmed(std::string_view text) {
  const std::size_t from = text.find_first_not_of(" \t");
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(" \t") - from + 1);
}

std::optional<std::uint64_t> number(std::string_view text, unsigned base) {
  if (text.empty()) return std::nullopt;
  text.remove_prefix(std::min(text.find_first_not_of('0'), text.size() - 1));
  if (text.size() > 15) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : text) {
    const char small = http::lower(c);
    if (!http::is_digit(c) && (base == 10 || small < 'a' || small > 'f')) return std::nullopt;
    value = value * base + static_cast<unsigned>(http::is_digit(c) ? c - '0' : small - 'a' + 10);
  }
  return value;
}

std::vector<std::string_view> all_of(const Message& message, std::string_view name) {
  std::vector<std::string_view> values;
  for (const auto& [key, value] : message.fields) {
    if (http::same_letters(key, name)) values.emplace_back(value);
  }
  return values;
}

bool lists(std::string_view value, std::string_view word) {
  while (!value.empty()) {
    const std::size_t comma = std::min(value.find(','), value.size());
    if (http::same_letters(trimmed(value.substr(0, comma)), word)) return true;
    value.remove_prefix(std::min(comma + 1, value.size()));
  }
  return false;
}

bool connection_says(const Message& message, std::string_view word) {
  return std::ranges::any_of(all_of(message, "Connection"),
                             [&](std::string_view value) { return lists(value, word); });
}

}  // namespace

std::optional<std::string_view> Message::field(std::string_view name) const {
  const auto values = all_of(*this, name);
  return values.empty() ? std::nullopt : std::optional(values.front());
}

std::string hex(std::size_t value) {
  std::string text;
  do {
    text.insert(text.begin(), "0123456789abcdef"[value % 16]);
    value /= 16;
  } while (value > 0);
  return text;
}

void Reader::take(std::string_view bytes) {
  if (!wrong.empty()) return;
  buffer_ += bytes;
  while (wrong.empty() && step()) {
  }
}

void Reader::end() {
  if (wrong.empty() && state_ == State::until_end) finish();
}

bool Reader::fail(std::string why) {
  wrong = std::move(why);
  return false;
}

bool Reader::step() {
  switch (state_) {
    case State::start:
      return head();
    case State::fixed:
      return body(left_) && left_ == 0 && finish();
    case State::until_end:
      return body(buffer_.size()) && false;
    case State::chunk_size:
      return chunk_size();
    case State::chunk:
      if (!body(left_) || left_ > 0) return false;
      state_ = State::chunk_end;
      return true;
    case State::chunk_end:
      if (buffer_.size() < 2) return false;
      if (!buffer_.starts_with("\r\n")) return fail("no CRLF after a chunk");
      buffer_.erase(0, 2);
      state_ = State::chunk_size;
      return true;
    case State::trailers:
      return trailers();
    case State::closed:
      return !buffer_.empty() && what_ == Reads::answers && fail("bytes after the last answer");
  }
  return false;
}

bool Reader::body(std::size_t most) {
  const std::size_t count = std::min(most, buffer_.size());
  message_.body.append(buffer_, 0, count);
  buffer_.erase(0, count);
  left_ -= std::min<std::uint64_t>(left_, count);
  return true;
}

std::optional<std::string> Reader::line() {
  const std::size_t end = buffer_.find('\n');
  if (end == std::string::npos) {
    if (buffer_.size() > kLongestHead) fail("a line without end");
    return std::nullopt;
  }
  if (end == 0 || buffer_[end - 1] != '\r') {
    fail("a line that ends without CR");
    return std::nullopt;
  }
  std::string text = buffer_.substr(0, end - 1);
  buffer_.erase(0, end + 1);
  return text;
}

bool Reader::head() {
  if (what_ == Reads::requests) {
    while (buffer_.starts_with("\r\n")) buffer_.erase(0, 2);
  }
  const std::size_t end = buffer_.find("\r\n\r\n");
  if (end == std::string::npos) {
    return buffer_.size() > kLongestHead && fail("a head without end");
  }
  message_ = {};
  auto text = line();
  if (!text || !start_line(message_, *text)) return false;
  while ((text = line()) && !text->empty()) {
    if (!field_line(message_, *text)) return false;
  }
  return text && frame(message_);
}

bool Reader::start_line(Message& message, std::string_view text) {
  const std::size_t first = text.find(' ');
  if (what_ == Reads::answers) {
    const auto status = number(text.substr(std::min<std::size_t>(9, text.size()), 3), 10);
    if (first != 8 || !text.starts_with("HTTP/1.") || !http::is_digit(text[7]) || !status ||
        *status < 100 || *status > 599 || text.size() < 12 ||
        (text.size() > 12 && text[12] != ' ') || !is_visible(text.substr(12), true)) {
      return fail("not a status line: " + std::string(text.substr(0, 80)));
    }
    message.status = static_cast<int>(*status);
    message.minor = text[7] - '0';
    return true;
  }
  const std::size_t second = text.find(' ', first + 1);
  if (second == std::string_view::npos) return fail("a request line without three words");
  const std::string_view method = text.substr(0, first), version = text.substr(second + 1);
  const std::string_view target = text.substr(first + 1, second - first - 1);
  if (!is_token(method) || target.empty() || !is_visible(target, false)) {
    return fail("not a request line");
  }
  if (version != "HTTP/1.1" && version != "HTTP/1.0") return fail("not a version");
  message.method = method;
  message.target = target;
  message.minor = version.back() - '0';
  return true;
}

bool Reader::field_line(Message& message, std::string_view text) {
  const std::size_t colon = std::min(text.find(':'), text.size());
  const std::string_view name = text.substr(0, colon);
  if (colon == text.size() || !is_token(name)) return fail("not a field");
  const std::string_view value = trimmed(text.substr(colon + 1));
  if (!is_visible(value, true)) return fail("not a field's value");
  message.fields.emplace_back(name, value);
  return true;
}

// How long the body is: RFC 9112, section 6.3.
bool Reader::frame(Message& message) {
  const auto lengths = all_of(message, "Content-Length");
  const auto codings = all_of(message, "Transfer-Encoding");
  const bool close = connection_says(message, "close");
  const bool request = what_ == Reads::requests;
  message.lasts = !close && (message.minor == 1 || connection_says(message, "keep-alive"));
  if (request) {
    const auto hosts = all_of(message, "Host");
    if (hosts.size() > 1 || (message.minor == 1 && hosts.empty())) return fail("not one Host");
  }
  if (lengths.size() + codings.size() > 1) return fail("two ways to tell a body's length");
  if (!codings.empty() && (!http::same_letters(codings[0], "chunked") || message.minor == 0)) {
    return fail("an unknown transfer coding");
  }
  left_ = 0;
  if (!lengths.empty()) {
    const auto length = number(lengths[0], 10);
    if (!length) return fail("not a length");
    left_ = *length;
  }
  heads.push_back(message);

  bool none = request && lengths.empty() && codings.empty();
  if (!request) {
    const bool interim = message.status < 200 && message.status != 101;
    if (asked_.empty()) return fail("an answer that nobody asked for");
    none = interim || message.status == 204 || message.status == 304 || asked_.front();
    if (message.status == 101) {
      state_ = State::closed;
      whole.push_back(message);
      return false;
    }
    if (!interim) asked_.pop_front();
  }
  if (none || (!lengths.empty() && left_ == 0)) return finish();
  state_ = !codings.empty()   ? State::chunk_size
           : !lengths.empty() ? State::fixed
                              : State::until_end;
  if (state_ == State::until_end) message.lasts = false;
  return true;
}

bool Reader::chunk_size() {
  const auto text = line();
  if (!text) return false;
  const std::size_t semicolon = std::min(text->find(';'), text->size());
  std::string_view digits = std::string_view(*text).substr(0, semicolon);
  if (semicolon < text->size()) digits = digits.substr(0, digits.find_last_not_of(" \t") + 1);
  const auto size = number(digits, 16);
  if (!size || !is_visible(std::string_view(*text).substr(semicolon), true)) {
    return fail("not a chunk's size");
  }
  left_ = *size;
  state_ = left_ > 0 ? State::chunk : State::trailers;
  return true;
}

// A recipient may drop them unread, so only their end has to be beyond doubt.
bool Reader::trailers() {
  const auto text = line();
  if (!text) return false;
  if (text->empty()) return finish();
  const bool folded = text->front() == ' ' || text->front() == '\t';
  return folded || !is_visible(*text, true) ? fail("not a trailer") : true;
}

bool Reader::finish() {
  state_ = message_.lasts ? State::start : State::closed;
  whole.push_back(std::move(message_));
  message_ = {};
  return true;
}

}  // namespace thaw::rigs
