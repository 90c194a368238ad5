#include "tests/gateway/grammar.hpp"

#include <initializer_list>
#include <vector>

#include "drivers/http/ascii.hpp"
#include "tests/gateway/reader.hpp"

namespace thaw::rigs {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

std::string one_of(Random& random, std::initializer_list<std::string_view> texts) {
  return std::string(texts.begin()[random.below(texts.size())]);
}

bool one_in(Random& random, std::uint64_t n) { return random.below(n) == 0; }

std::string letters(Random& random, std::size_t most) {
  std::string text(random.below(most + 1), 'a');
  for (char& c : text) c = static_cast<char>('a' + random.below(26));
  return text;
}

// A message in parts, for bending: the start line, fields as whole lines, the body as it goes over
// the wire.
struct Draft {
  std::string start;
  std::vector<std::string> fields;
  std::string body;
  std::string text() const {
    std::string all = start;
    for (const std::string& field : fields) all += field;
    return all + "\r\n" + body;
  }
};

std::string chunked(Random& random, std::string_view body) {
  std::string wire;
  while (!body.empty()) {
    const std::size_t count = 1 + random.below(body.size());
    wire += hex(count) + (one_in(random, 4) ? ";name=\"value\"" : "") + "\r\n";
    wire += body.substr(0, count);
    wire += "\r\n";
    body.remove_prefix(count);
  }
  return wire + "0\r\n" + (one_in(random, 4) ? "X-Trailer: 1\r\n" : "") + "\r\n";
}

void give_body(Random& random, Draft& draft, std::string_view body) {
  if (one_in(random, 2)) {
    draft.fields.push_back("Transfer-Encoding: chunked\r\n");
    draft.body = chunked(random, body);
  } else {
    draft.fields.push_back("Content-Length: " + std::to_string(body.size()) + "\r\n");
    draft.body = body;
  }
}

// A body that would be a request, were it read as one.
std::string disguised(const std::string& tag) {
  return "GET /function/f/" + tag + "9?hidden HTTP/1.1\r\nHost: h\r\n\r\n";
}

Draft request(Random& random, const std::string& tag) {
  Draft draft;
  const std::string method = one_of(
      random, {"GET", "GET", "POST", "POST", "PUT", "HEAD", "DELETE", "OPTIONS", "M-SEARCH"});
  const std::string target =
      one_of(random, {"/function/f/", "/function/f/", "/function/f/", "/function/f/a/",
                      "/function/default.f/", "/function/f/%2e%2e/", "/function/f//",
                      "http://gateway/function/f/", "/function/f/../f/", "/nowhere/"}) +
      tag + one_of(random, {"", "?a=b", "?chunks=3&size=5", "?size=3000", "?delay=3", "?x=%zz"});
  draft.start = method + " " + target + " HTTP/1.1\r\n";
  draft.fields.push_back("Host: gateway\r\n");
  for (std::uint64_t more = random.below(4); more > 0; --more) {
    draft.fields.push_back(
        one_of(random, {"Accept: */*\r\n", "Connection: keep-alive\r\n", "TE: trailers\r\n",
                        "Cookie: a=b; c=d\r\n", "X-Empty:\r\n", "Connection: X-Cookie, close\r\n",
                        "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n",
                        "Expect: 100-continue\r\n", "Upgrade: websocket\r\nConnection: Upgrade\r\n",
                        "X-Long: "
                        "0123456789012345678901234567890123456789\r\n",
                        "X-High: \xc3\xbc\r\n", "Keep-Alive: timeout=5\r\n"}));
  }
  if (method != "GET" && method != "HEAD" ? !one_in(random, 4) : one_in(random, 6)) {
    give_body(random, draft, one_in(random, 3) ? disguised(tag) : letters(random, 200));
  }
  return draft;
}

// How lengths, codings and lines have been written to be read in two ways.
std::string bent_field(Random& random) {
  return one_of(random, {"Content-Length: 5\r\n",
                         "Content-Length: 0\r\n",
                         "Content-Length: +5\r\n",
                         "Content-Length: -1\r\n",
                         "Content-Length: 5, 5\r\n",
                         "Content-Length: 0x5\r\n",
                         "Content-Length:\r\n",
                         "Content-Length: 99999999999999999999\r\n",
                         "Content-Length: 5 5\r\n",
                         "Content-Length : 5\r\n",
                         "Content-Length: 1e1\r\n",
                         "Transfer-Encoding: chunked\r\n",
                         "Transfer-Encoding: identity\r\n",
                         "Transfer-Encoding: gzip, chunked\r\n",
                         "Transfer-Encoding: chunked, identity\r\n",
                         "Transfer-Encoding: xchunked\r\n",
                         "Transfer-Encoding: CHUNKED\r\n",
                         "Transfer-Encoding : chunked\r\n",
                         "Transfer-Encoding:\x0b"
                         "chunked\r\n",
                         "Transfer-Encoding: \"chunked\"\r\n",
                         "Transfer-Encoding:\r\n chunked\r\n",
                         "Transfer-Encoding: chunked\n",
                         "X: y\rTransfer-Encoding: chunked\r\n",
                         "X: y\nA: b\r\n",
                         "X: a\0b\r\n"sv,
                         " folded: 1\r\n",
                         "\tfolded\r\n",
                         "no colon\r\n",
                         ": no name\r\n",
                         "X Y: z\r\n",
                         "X\x7f: z\r\n",
                         "X: \x01\r\n",
                         "Host: another\r\n",
                         "\r\n",
                         "\n",
                         "\r",
                         "Connection: Content-Length\r\n",
                         "Connection: Host\r\n",
                         "Connection: close\r\n",
                         "Connection: Transfer-Encoding\r\n",
                         "Upgrade: h2c\r\n",
                         "Content-Length: 5\r\r\n"});
}

std::string bent_start(Random& random, const std::string& start) {
  const std::string words = start.substr(0, start.size() - 2);
  const std::string two = words.substr(0, words.rfind(' '));
  return one_of(random, {two + " HTTP/1.0\r\n",
                         two + " HTTP/2.0\r\n",
                         two + " HTTP/1.2\r\n",
                         two + " http/1.1\r\n",
                         two + " HTTP/1.10\r\n",
                         two + "\r\n",
                         two + "  HTTP/1.1\r\n",
                         two + " HTTP/1.1 \r\n",
                         two + "\tHTTP/1.1\r\n",
                         two + " HTTP/1.1\n",
                         " " + words + "\r\n",
                         "\r\n\r\n" + words + "\r\n",
                         "\n" + words + "\r\n",
                         two + " a HTTP/1.1\r\n",
                         "CONNECT gateway:80 HTTP/1.1\r\n",
                         "* * *\r\n",
                         "OPTIONS * HTTP/1.1\r\n",
                         "PRI * HTTP/2.0\r\n",
                         "\x16\x03\x01\x02\r\n",
                         two + "\x01 HTTP/1.1\r\n",
                         two + "\xff HTTP/1.1\r\n",
                         two + "# HTTP/1.1\r\n"});
}

void bend_bytes(Random& random, std::string& text) {
  if (text.empty()) return;
  const std::size_t at = random.below(text.size());
  switch (random.below(6)) {
    case 0:
      text[at] = static_cast<char>(random.below(256));
      break;
    case 1:
      text.erase(at, 1);
      break;
    case 2:
      text.insert(at, 1, one_of(random, {" ", "\r", "\n", "\t", ":", "0", ";", ",", "\0"sv})[0]);
      break;
    case 3:
      text.insert(at, text.substr(random.below(text.size()), random.below(40)));
      break;
    case 4:
      text.resize(at);
      break;
    default:
      text.erase(at, random.below(40));
  }
}

std::string bent_chunks(Random& random, const std::string& tag) {
  return one_of(
             random,
             {"5\nhello\r\n0\r\n\r\n", "0x5\r\nhello\r\n0\r\n\r\n", "5 \r\nhello\r\n0\r\n\r\n",
              " 5\r\nhello\r\n0\r\n\r\n", "-5\r\nhello\r\n0\r\n\r\n", "+5\r\nhello\r\n0\r\n\r\n",
              "fffffffffffffffff\r\nhello\r\n0\r\n\r\n", "5\r\nhello0\r\n\r\n",
              "5;a\nb\r\nhello\r\n0\r\n\r\n", "5;\r\nhello\r\n0\r\n\r\n", "5\r\nhello\n\n0\r\n\r\n",
              "\r\n5\r\nhello\r\n0\r\n\r\n", "00000000000000000000005\r\nhello\r\n0\r\n\r\n",
              "5\r\nhello\r\n0\r\nContent-Length: 50\r\n\r\n", "5\r\nhello\r\n0\r\nX y: z\r\n\r\n",
              "5\r\nhello\r\n0\r\n", "5\r\nhel", "7fffffffffffffff\r\nhello",
              "G\r\nhello\r\n0\r\n\r\n"}) +
         (one_in(random, 2) ? disguised(tag) : "");
}

void bend(Random& random, Draft& draft, const std::string& tag) {
  switch (random.below(7)) {
    case 0:
      draft.start = bent_start(random, draft.start);
      break;
    case 1:
    case 2:
    case 3:
      draft.fields.insert(
          draft.fields.begin() + static_cast<std::ptrdiff_t>(random.below(draft.fields.size() + 1)),
          bent_field(random));
      break;
    case 4:
      draft.fields.push_back("Transfer-Encoding: chunked\r\n");
      draft.body = bent_chunks(random, tag);
      break;
    case 5:
      draft.fields.erase(draft.fields.begin() +
                         static_cast<std::ptrdiff_t>(random.below(draft.fields.size())));
      if (draft.fields.empty()) draft.fields.emplace_back();
      break;
    default:
      draft.fields.push_back("X-Huge: " + std::string(random.below(80'000), 'h') + "\r\n");
  }
}

// What answers are bent to: the last words of each are what matters to its reader.
Draft bent_answer(Random& random, const std::string& tagged) {
  Draft draft;
  draft.start = "HTTP/1.1 200 OK\r\n";
  draft.fields = {tagged};
  switch (random.below(10)) {
    case 0:
      draft.start =
          one_of(random, {"HTTP/1.1 99 Low\r\n", "HTTP/1.1 600 High\r\n", "HTTP/2 200\r\n",
                          "HTTP/1.1 2000 OK\r\n", "HTTP/1.1  200 OK\r\n", "ICY 200 OK\r\n",
                          "HTTP/1.1 200\r\n", "HTTP/1.1 200 O\0K\r\n"sv, "200 OK\r\n",
                          "HTTP/1.1 101 Switching Protocols\r\n", "\r\nHTTP/1.1 200 OK\r\n",
                          "HTTP/1.1 200 OK\n", "HTTP/1.0 200 OK\r\n", "HTTP/1.1 -20 OK\r\n"});
      draft.fields.push_back("Content-Length: 2\r\n");
      draft.body = "ok";
      break;
    case 1:
    case 2:
      draft.fields.push_back("Content-Length: 5\r\n");
      draft.fields.push_back(bent_field(random));
      draft.body = "hello";
      break;
    case 3:
      draft.fields.push_back("Transfer-Encoding: chunked\r\n");
      draft.body = bent_chunks(random, "none");
      break;
    case 4:  // more than it says, and that is an answer
      draft.fields.push_back("Content-Length: 2\r\n");
      draft.body = "okHTTP/1.1 200 OK\r\nX-Tag: b0c0r0\r\nContent-Length: 5\r\n\r\nwrong";
      break;
    case 5:  // less than it says
      draft.fields.push_back("Content-Length: 50\r\n");
      draft.body = "less";
      break;
    case 6:
      draft.fields.push_back("X-Huge: " + std::string(random.below(80'000), 'h') + "\r\n");
      draft.fields.push_back("Content-Length: 0\r\n");
      break;
    case 7:
      draft.fields.push_back("Content-Length: 2\r\n");
      draft.body = "ok";
      draft.fields.push_back("X-Bent: a field's value\r\n");
      bend_bytes(random, draft.fields.back());
      break;
    case 8:  // 204 and 304 have no body, whatever they say
      draft.start = one_of(random, {"HTTP/1.1 204 No\r\n", "HTTP/1.1 304 No\r\n"});
      draft.fields.push_back(
          one_of(random, {"Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n"}));
      draft.body = one_of(random, {"", "hello", "0\r\n\r\n"});
      break;
    default:
      draft.start = "";
      draft.fields = {letters(random, 300)};
  }
  return draft;
}

}  // namespace

std::string drawn_requests(Random& random, const std::string& prefix) {
  std::string all;
  const std::uint64_t count = 1 + random.below(5);
  const bool straight = one_in(random, 4);
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::string tag = prefix + "r" + std::to_string(i);
    Draft draft = request(random, tag);
    if (!straight && one_in(random, 2)) bend(random, draft, tag);
    std::string text = draft.text();
    if (!straight && one_in(random, 4)) bend_bytes(random, text);
    all += text;
  }
  return all;
}

std::pair<std::string, bool> drawn_answer(Random& random, std::string_view method,
                                          std::string_view tag) {
  const std::string tagged = "X-Tag: " + std::string(tag) + "\r\n";
  if (one_in(random, 3)) return {bent_answer(random, tagged).text(), one_in(random, 2)};
  Draft draft;
  draft.start = "HTTP/1.1 " + one_of(random, {"200 OK", "200", "404 Not Found", "500 "}) + "\r\n";
  draft.fields = {tagged};
  const std::string body = letters(random, 300);
  const std::string before =
      one_in(random, 8) ? one_of(random, {"HTTP/1.1 100 Continue\r\n\r\n",
                                          "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"})
                        : "";
  if (method == "HEAD") {
    draft.fields.push_back("Content-Length: 7\r\n");
    return {before + draft.text(), false};
  }
  if (one_in(random, 6)) {  // until the end of the connection
    draft.body = body;
    return {before + draft.text(), true};
  }
  give_body(random, draft, body);
  return {before + draft.text(), one_in(random, 8)};
}

std::string tag_in(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    std::size_t end = at;
    bool whole = true;
    for (const char letter : "bcr"sv) {
      whole = whole && end < text.size() && text[end] == letter;
      const std::size_t digits = ++end;
      while (end < text.size() && http::is_digit(text[end])) ++end;
      whole = whole && end > digits;
      if (!whole) break;
    }
    if (whole) return std::string(text.substr(at, end - at));
  }
  return {};
}

}  // namespace thaw::rigs
