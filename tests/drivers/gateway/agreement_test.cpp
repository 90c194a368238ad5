// What the gateway takes, Boost.Beast's parser takes as well, and reads the same in it: method,
// target, fields and body. A request that two readers see differently is what smuggling needs.
#include <gtest/gtest.h>

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <random>

#include "drivers/gateway/body.hpp"
#include "drivers/gateway/head.hpp"

namespace thaw::gateway {
namespace {

namespace beast = boost::beast;

std::string text(beast::string_view view) { return {view.data(), view.size()}; }

struct Reading {
  std::string method, target, body;
  std::vector<std::pair<std::string, std::string>> fields;
  std::size_t used = 0;
  bool operator==(const Reading&) const = default;
};

// Nothing: refused, or not whole.
std::optional<Reading> our_reading(std::string bytes) {
  HeadEnd end;
  RequestHead head;
  if (end.look(bytes) != HeadEnd::State::whole) return std::nullopt;
  if (parse(std::string_view(bytes).substr(0, end.size()), head)) return std::nullopt;
  Reading reading{std::string(head.method), std::string(head.target), "", {}, 0};
  for (const Field& field : head.fields) reading.fields.emplace_back(field.name, field.value);
  BodyReader body;
  body.begin(head.framing, head.length);
  const BodyReader::Step step = body.feed(bytes.data() + end.size(), bytes.size() - end.size());
  if (!body.done()) return std::nullopt;
  reading.body = bytes.substr(end.size(), step.body);
  reading.used = end.size() + step.taken;
  return reading;
}

std::optional<Reading> beasts_reading(const std::string& bytes) {
  beast::http::request_parser<beast::http::string_body> parser;
  parser.header_limit(1 << 20);
  boost::system::error_code wrong;
  // The head alone at first: what it has of trailers goes among the fields.
  std::size_t used = parser.put(boost::asio::buffer(bytes), wrong);
  if (wrong || !parser.is_header_done()) return std::nullopt;
  Reading reading{text(parser.get().method_string()), text(parser.get().target()), "", {}, 0};
  for (const auto& field : parser.get()) {
    reading.fields.emplace_back(text(field.name_string()), text(field.value()));
  }
  parser.eager(true);
  if (!parser.is_done()) used += parser.put(boost::asio::buffer(bytes) + used, wrong);
  if (wrong || !parser.is_done()) return std::nullopt;
  reading.body = parser.get().body();
  reading.used = used;
  return reading;
}

const std::vector<std::string> kSeeds = {
    "GET /function/f/a?b HTTP/1.1\r\nHost: g\r\nX: y\r\n\r\n",
    "POST /function/f HTTP/1.1\r\nHost: g\r\nContent-Length: 5\r\n\r\nabcde",
    "POST /function/f HTTP/1.1\r\nHost: g\r\nTransfer-Encoding: chunked\r\n\r\n"
    "5;e=\"f\"\r\nabcde\r\nA\r\n0123456789\r\n0\r\n\r\n",
    "GET / HTTP/1.0\r\nConnection: close, x\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: g\r\nExpect: 100-continue\r\nConnection: keep-alive\r\n"
    "Upgrade: websocket\r\nContent-Length: 1\r\nX-Forwarded-For: 1\r\n\r\nx"};

// What attacks are made of.
const std::vector<std::string> kScraps = {"\r\n",
                                          "\n",
                                          "\r",
                                          " ",
                                          "\t",
                                          ":",
                                          ",",
                                          ";",
                                          "0",
                                          "5",
                                          "\x0b",
                                          "\x7f",
                                          "\xff",
                                          "Content-Length: 5\r\n",
                                          "Transfer-Encoding: chunked\r\n",
                                          "Host: g\r\n",
                                          "chunked",
                                          "0\r\n\r\n",
                                          " HTTP/1.1\r\n",
                                          "\r\n ",
                                          "\"",
                                          "\\",
                                          "GET / HTTP/1.1\r\nHost: g\r\n\r\n",
                                          std::string(1, '\0')};

std::string mutated(std::mt19937& random) {
  std::string bytes = kSeeds[random() % kSeeds.size()];
  for (auto changes = 1 + random() % 3; changes > 0; --changes) {
    const std::size_t at = random() % (bytes.size() + 1);
    switch (random() % 4) {
      case 0:
        bytes.insert(at, kScraps[random() % kScraps.size()]);
        break;
      case 1:
        bytes.erase(at, 1 + random() % 4);
        break;
      case 2:
        if (at < bytes.size()) bytes[at] = static_cast<char>(random());
        break;
      default: {  // a line twice
        const std::size_t end = bytes.find("\r\n", at);
        if (end != std::string::npos) bytes.insert(end + 2, bytes.substr(at, end + 2 - at));
      }
    }
  }
  return bytes;
}

TEST(Agreement, BeastReadsWhatWeTakeAndReadsItAlike) {
  std::mt19937 random(11);
  int taken = 0, refused = 0;
  for (int i = 0; i < 200'000; ++i) {
    const std::string bytes = mutated(random);
    const auto ours = our_reading(bytes);
    if (!ours) {
      ++refused;
      continue;
    }
    ++taken;
    const auto theirs = beasts_reading(bytes);
    // Framing among the trailers makes Beast give up; here all trailers end.
    const std::string behind = bytes.substr(bytes.find("\r\n\r\n"));
    const bool framing = behind.find("-Length: ") != std::string::npos ||
                         behind.find("-Encoding: ") != std::string::npos ||
                         behind.find("Connection: ") != std::string::npos;
    if (!theirs && framing) continue;
    ASSERT_TRUE(theirs) << testing::PrintToString(bytes);
    ASSERT_EQ(ours->method, theirs->method);
    ASSERT_EQ(ours->target, theirs->target);
    ASSERT_EQ(ours->body, theirs->body) << testing::PrintToString(bytes);
    ASSERT_EQ(ours->used, theirs->used) << testing::PrintToString(bytes);
    auto fields = theirs->fields;  // Beast keeps those of a name together
    auto mine = ours->fields;
    std::ranges::stable_sort(fields);
    std::ranges::stable_sort(mine);
    ASSERT_EQ(mine, fields) << testing::PrintToString(bytes);
  }
  EXPECT_GT(taken, 20'000) << "enough are right to compare";
  EXPECT_GT(refused, 20'000);
}

}  // namespace
}  // namespace thaw::gateway
