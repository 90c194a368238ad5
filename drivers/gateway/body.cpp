#include "drivers/gateway/body.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace thaw::gateway {
namespace {

constexpr std::uint32_t kLongestLine = 4'096;  // a chunk's extensions; all trailers together

int hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_text(char c) { return c == '\t' || (static_cast<unsigned char>(c) >= ' ' && c != 0x7f); }

}  // namespace

void BodyReader::begin(Framing framing, std::uint64_t length, std::uint64_t limit) {
  framing_ = framing;
  at_ = At::size;
  left_ = framing == Framing::length ? length : 0;
  limit_ = limit;
  digits_ = line_ = 0;
  state_ = State::more;
  if (framing == Framing::none || (framing == Framing::length && length == 0)) state_ = State::done;
  if (framing == Framing::length && length > limit) state_ = State::too_large;
}

BodyReader::Step BodyReader::feed(char* bytes, std::size_t size) {
  if (state_ != State::more) return {};
  if (framing_ == Framing::until_close) return {size, size};
  if (framing_ == Framing::chunked) return feed_chunks(bytes, size);
  const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(left_, size));
  left_ -= part;
  if (left_ == 0) state_ = State::done;
  return {part, part};
}

BodyReader::Step BodyReader::feed_chunks(char* bytes, std::size_t size) {
  Step step;
  while (step.taken < size && state_ == State::more) {
    if (at_ != At::data) {
      control(bytes[step.taken++]);
      continue;
    }
    const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(left_, size - step.taken));
    if (step.body != step.taken) std::memmove(bytes + step.body, bytes + step.taken, part);
    step.body += part;
    step.taken += part;
    left_ -= part;
    if (left_ == 0) at_ = At::data_cr;
  }
  return step;
}

void BodyReader::size_digit(char c) {
  const int digit = hex(c);
  if (digit >= 0) {
    if (++digits_ > 15) {  // 2^60: no honest chunk
      state_ = State::malformed;
      return;
    }
    left_ = left_ * 16 + static_cast<std::uint64_t>(digit);
    return;
  }
  if (digits_ == 0) {
    state_ = State::malformed;
  } else if (c == '\r') {
    at_ = At::size_lf;
  } else if (c == ';') {
    at_ = At::extension;
  } else {
    state_ = State::malformed;
  }
}

void BodyReader::go_on(bool right, At next) {
  if (!right) state_ = State::malformed;
  at_ = next;
}

// Of a chunk's extensions, which are dropped: without blanks, as nobody writes them.
void BodyReader::extension_byte(char c) {
  const bool token = is_token({&c, 1});
  const At behind = c == ';' ? At::extension : At::size_lf;
  const bool over = c == ';' || c == '\r';
  if (++line_ > kLongestLine) return go_on(false, At::size);
  switch (at_) {
    case At::extension:
      return go_on(token, At::extension_name);
    case At::extension_name:
      if (c == '=') return go_on(true, At::extension_value);
      return go_on(token || over, token ? At::extension_name : behind);
    case At::extension_value:
      return go_on(token || c == '"', token ? At::extension_token : At::quoted);
    case At::extension_token:
      return go_on(token || over, token ? At::extension_token : behind);
    case At::quoted:
      if (c == '"' || c == '\\') return go_on(true, c == '"' ? At::unquoted : At::escaped);
      return go_on(is_text(c), At::quoted);
    case At::escaped:
      return go_on(is_text(c), At::quoted);
    default:
      return go_on(over, behind);
  }
}

// Of the trailers, which are dropped.
void BodyReader::trailer_byte(char c) {
  const bool token = is_token({&c, 1});
  if (++line_ > kLongestLine) return go_on(false, At::size);
  switch (at_) {
    case At::line:
      return go_on(token || c == '\r', token ? At::name : At::last_lf);
    case At::name:
      return go_on(token || c == ':', token ? At::name : At::trailer);
    default:
      return go_on(is_text(c) || c == '\r', c == '\r' ? At::trailer_lf : At::trailer);
  }
}

void BodyReader::control(char c) {
  switch (at_) {
    case At::size:
      return size_digit(c);
    case At::size_lf:
      go_on(c == '\n', left_ > 0 ? At::data : At::line);
      line_ = 0;
      if (left_ > limit_ && state_ == State::more) state_ = State::too_large;
      limit_ -= std::min(left_, limit_);
      return;
    case At::data:
      return;  // not a byte of the framing
    case At::data_cr:
      return go_on(c == '\r', At::data_lf);
    case At::data_lf:
      digits_ = 0;
      return go_on(c == '\n', At::size);
    case At::line:
    case At::name:
    case At::trailer:
      return trailer_byte(c);
    case At::trailer_lf:
      return go_on(c == '\n', At::line);
    case At::last_lf:
      state_ = c == '\n' ? State::done : State::malformed;
      return;
    default:
      return extension_byte(c);
  }
}

void Pieces::add(std::string_view bytes) {
  if (bytes.empty()) return;
  list_[count_++] = {const_cast<char*>(bytes.data()), bytes.size()};
}

void Pieces::add_body(std::string_view bytes, Framing framing, bool last) {
  if (framing != Framing::chunked) return add(bytes);
  if (bytes.empty()) {
    if (last) add("0\r\n\r\n");
    return;
  }
  const auto digits = std::to_chars(chunk_.data(), chunk_.data() + 16, bytes.size(), 16);
  *digits.ptr = '\r';
  digits.ptr[1] = '\n';
  add({chunk_.data(), static_cast<std::size_t>(digits.ptr + 2 - chunk_.data())});
  add(bytes);
  add(last ? "\r\n0\r\n\r\n" : "\r\n");
}

std::size_t Pieces::size() const {
  std::size_t sum = 0;
  for (std::size_t i = first_; i < count_; ++i) sum += list_[i].iov_len;
  return sum;
}

void Pieces::written(std::size_t bytes) {
  while (first_ < count_ && bytes >= list_[first_].iov_len) bytes -= list_[first_++].iov_len;
  if (first_ == count_) return;
  list_[first_].iov_base = static_cast<char*>(list_[first_].iov_base) + bytes;
  list_[first_].iov_len -= bytes;
}

}  // namespace thaw::gateway
