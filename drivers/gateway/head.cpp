#include "drivers/gateway/head.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "drivers/http/ascii.hpp"

namespace thaw::gateway {
namespace {

using http::is_digit;
using http::lower;
using http::same_letters;

enum : unsigned char { kToken = 1, kValue = 2, kTarget = 4, kHost = 8 };

constexpr std::array<unsigned char, 256> classes() {
  std::array<unsigned char, 256> table{};
  const auto mark = [&](std::string_view text, unsigned char what) {
    for (const char c : text) table[static_cast<unsigned char>(c)] |= what;
  };
  for (unsigned c = 0; c < 256; ++c) {
    const char letter = static_cast<char>(c);
    if (http::is_alphanumeric(letter)) table[c] |= kToken | kHost;
    if (c == '\t' || (c >= ' ' && c != 0x7f)) table[c] |= kValue;
    if (c > ' ' && c < 0x7f && c != '#') table[c] |= kTarget;
  }
  mark("!#$%&'*+-.^_`|~", kToken);
  mark("-._~:[]%!$&'()*+;=", kHost);
  return table;
}
constexpr auto kClasses = classes();

bool all_are(std::string_view text, unsigned char what) {
  return std::ranges::all_of(
      text, [&](char c) { return (kClasses[static_cast<unsigned char>(c)] & what) != 0; });
}

// The same name to one who makes variables of names, as CGI and its heirs do.
bool same_variable(std::string_view name, std::string_view known) {
  return std::ranges::equal(name, known,
                            [](char a, char b) { return lower(a) == b || (a == '_' && b == '-'); });
}

struct Name {
  std::string_view text;
  Known known;
};
constexpr Name kNames[] = {
    {"host", Known::host},
    {"content-length", Known::content_length},
    {"transfer-encoding", Known::transfer_encoding},
    {"connection", Known::connection},
    {"upgrade", Known::upgrade},
    {"expect", Known::expect},
    {"x-forwarded-for", Known::forwarded_for},
    {"x-forwarded-host", Known::forwarded_host},
    {"x-forwarded-proto", Known::forwarded_proto},
    {"te", Known::hop},
    {"trailer", Known::hop},
    {"keep-alive", Known::hop},
    {"proxy-connection", Known::hop},
    {"proxy-authenticate", Known::hop},
    {"proxy-authorization", Known::hop},
    {"http2-settings", Known::hop},
};

const Name* known_name(std::string_view name) {
  for (const Name& known : kNames) {
    if (known.text.size() == name.size() && same_variable(name, known.text)) return &known;
  }
  return nullptr;
}

std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

std::optional<std::uint64_t> number(std::string_view digits) {
  if (digits.empty() || digits.size() > 18) return std::nullopt;
  if (digits.size() > 1 && digits.front() == '0') return std::nullopt;  // octal to some
  std::uint64_t value = 0;
  for (const char c : digits) {
    if (!is_digit(c)) return std::nullopt;
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return value;
}

// Takes what stands before `end` off the front of `rest`, and `end` with it.
std::optional<std::string_view> until(std::string_view& rest, char end) {
  const std::size_t at = rest.find(end);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view part = rest.substr(0, at);
  rest.remove_prefix(at + 1);
  return part;
}

// A line without its CR LF; HeadEnd has seen that each '\n' has its '\r'.
std::string_view line_of(std::string_view& rest) {
  const std::size_t end = rest.find('\n');
  const std::string_view line = rest.substr(0, end - 1);
  rest.remove_prefix(end + 1);
  return line;
}

constexpr Refusal bad(const char* why) { return {400, why}; }

struct Seen {
  bool length = false, encoding = false, host = false, upgrade = false, expect = false;
};

std::optional<Refusal> take_options(std::string_view list, Head& head) {
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    const std::string_view option = trimmed(list.substr(0, comma));
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
    if (option.empty()) continue;
    if (!is_token(option)) return bad("Connection is no list of names");
    if (same_letters(option, "close")) {
      head.close = true;
    } else if (same_letters(option, "upgrade")) {
      head.upgrade = true;
    } else if (!same_letters(option, "keep-alive")) {
      head.options.push_back(option);
    }
  }
  return std::nullopt;
}

std::optional<Refusal> take_framing(const Field& field, Head& head, Seen& seen) {
  if (field.known == Known::content_length) {
    if (seen.length) return bad("more than one Content-Length");
    const auto length = number(field.value);
    if (!length) return bad("Content-Length is no number");
    seen.length = head.has_length = true;
    head.length = *length;
    head.framing = Framing::length;
  } else {
    if (seen.encoding) return bad("more than one Transfer-Encoding");
    if (!same_letters(field.value, "chunked")) return bad("a Transfer-Encoding but chunked");
    if (head.minor == 0) return bad("Transfer-Encoding in HTTP/1.0");
    seen.encoding = true;
    head.framing = Framing::chunked;
  }
  if (seen.length && seen.encoding) return bad("both Content-Length and Transfer-Encoding");
  return std::nullopt;
}

std::optional<Refusal> take(const Field& field, Head& head, Seen& seen, RequestHead* request) {
  switch (field.known) {
    case Known::content_length:
    case Known::transfer_encoding:
      return take_framing(field, head, seen);
    case Known::connection:
      return take_options(field.value, head);
    case Known::upgrade:
      head.upgrade_to = seen.upgrade ? std::string_view{} : field.value;
      seen.upgrade = true;
      return std::nullopt;
    case Known::host:
      if (!request) return std::nullopt;
      if (seen.host) return bad("more than one Host");
      if (!all_are(field.value, kHost)) return bad("Host is no name of a host");
      seen.host = true;
      request->host = field.value;
      return std::nullopt;
    case Known::expect:
      if (!request || request->minor == 0) return std::nullopt;
      if (!same_letters(field.value, "100-continue")) return Refusal{417, "an unknown Expect"};
      request->expects_continue = true;
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

// The lines after the first.
std::optional<Refusal> take_fields(std::string_view rest, Head& head, RequestHead* request) {
  Seen seen;
  while (true) {
    std::string_view line = line_of(rest);
    if (line.empty()) break;
    if (line.front() == ' ' || line.front() == '\t') return bad("a folded line");
    const auto name = until(line, ':');
    if (!name || !is_token(*name)) return bad("a line that is no field");
    if (!all_are(line, kValue)) return bad("a control character in a field");
    if (head.fields.size() == kMostFields) return Refusal{431, "too many fields"};
    Field field{*name, trimmed(line), Known::none};
    if (const Name* const known = known_name(*name)) {
      field.known = known->known;
      // Content_Length is nobody's field, and everybody's doubt.
      if (!same_letters(*name, known->text)) {
        if (known->known == Known::content_length || known->known == Known::transfer_encoding) {
          return bad("a field that looks like another");
        }
        field.known = Known::hop;
      }
    }
    if (const auto refusal = take(field, head, seen, request)) return refusal;
    head.fields.push_back(field);
  }
  if (request && request->minor == 1 && !seen.host) return bad("no Host");
  return std::nullopt;
}

void clear(Head& head) {
  head.minor = 1;
  head.fields.clear();
  head.options.clear();
  head.framing = Framing::none;
  head.length = 0;
  head.has_length = head.close = head.upgrade = false;
  head.upgrade_to = {};
}

std::optional<int> version(std::string_view text) {
  if (text == "HTTP/1.1") return 1;
  if (text == "HTTP/1.0") return 0;
  return std::nullopt;
}

}  // namespace

bool is_token(std::string_view text) { return !text.empty() && all_are(text, kToken); }

bool Head::names(std::string_view field) const {
  return std::ranges::any_of(options,
                             [&](std::string_view option) { return same_letters(option, field); });
}

HeadEnd::State HeadEnd::look(std::string_view bytes) {
  while (line_ < bytes.size()) {
    const char* const begin = bytes.data() + line_;
    const void* const found = std::memchr(begin, '\n', bytes.size() - line_);
    if (!found) return State::partial;
    const auto length = static_cast<std::size_t>(static_cast<const char*>(found) - begin);
    if (length == 0 || begin[length - 1] != '\r') return State::malformed;
    const bool empty = length == 1;
    if (empty && line_ == 0) return State::malformed;  // no first line
    line_ += length + 1;
    if (empty) return State::whole;
  }
  return State::partial;
}

std::optional<Refusal> parse(std::string_view bytes, RequestHead& head) {
  clear(head);
  head.expects_continue = false;
  head.host = {};
  std::string_view line = line_of(bytes);
  const auto method = until(line, ' '), target = until(line, ' ');
  if (!method || !is_token(*method)) return bad("no method");
  if (!target || target->empty() || !all_are(*target, kTarget)) return bad("no target");
  const auto minor = version(line);
  if (!minor) return bad("neither HTTP/1.1 nor HTTP/1.0");
  head.method = *method;
  head.target = *target;
  head.minor = *minor;
  // A path, or all of the server for OPTIONS: a proxy's targets are not for here.
  const bool asterisk = head.target == "*" && head.method == "OPTIONS";
  if (head.target.front() != '/' && !asterisk) return bad("the target is no path");
  if (const auto refusal = take_fields(bytes, head, &head)) return refusal;
  if (head.minor == 0) head.close = true;  // Keep-Alive of HTTP/1.0 is a guess of both sides
  return std::nullopt;
}

std::optional<Refusal> parse(std::string_view bytes, bool to_head, AnswerHead& head) {
  clear(head);
  std::string_view line = line_of(bytes);
  const auto protocol = until(line, ' ');
  const auto minor = protocol ? version(*protocol) : std::nullopt;
  if (!minor) return bad("neither HTTP/1.1 nor HTTP/1.0");
  head.minor = *minor;
  const std::string_view digits = line.substr(0, 3);
  const bool blank = line.size() == 3 || (line.size() > 3 && line[3] == ' ');
  if (!blank || !std::ranges::all_of(digits, is_digit)) return bad("no status");
  head.status = (digits[0] - '0') * 100 + (digits[1] - '0') * 10 + (digits[2] - '0');
  if (head.status < 100 || head.status > 599) return bad("no status");
  head.reason = line.size() > 4 ? line.substr(4) : std::string_view{};
  if (!all_are(head.reason, kValue)) return bad("a control character in the first line");
  if (const auto refusal = take_fields(bytes, head, nullptr)) return refusal;
  const bool bare = to_head || head.status < 200 || head.status == 204 || head.status == 304;
  if (bare) {
    head.framing = Framing::none;
  } else if (head.framing == Framing::none) {
    head.framing = Framing::until_close;
  }
  if (head.minor == 0) head.close = true;
  return std::nullopt;
}

}  // namespace thaw::gateway
