// Requests that two parsers could read in two ways reach nobody. The inputs are of the kinds in
// published lists: Linhart et al. 2005, Kettle's "HTTP Desync Attacks" 2019 and "Browser-Powered
// Desync" 2022, RFC 9112 (11.2), llhttp's and Go's own tests.
#include <gtest/gtest.h>

#include "drivers/gateway/body.hpp"
#include "drivers/gateway/head.hpp"
#include "drivers/gateway/target.hpp"
#include "tests/drivers/gateway/peer.hpp"

namespace thaw::gateway {
namespace {

using namespace std::chrono_literals;

const std::string kPost = "POST /function/f HTTP/1.1\r\nHost: g\r\n";
const std::string kHidden = "GET /function/f/smuggled HTTP/1.1\r\nHost: g\r\n\r\n";

std::vector<std::string> ambiguous() {
  const std::string zero = "\r\n0\r\n\r\n", five = "\r\nabcde";
  std::vector<std::string> all;
  for (const std::string fields :
       {// both, in either order and however they are spelled
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        "content-length: 5\r\ntransfer-encoding: CHUNKED\r\n",
        // several lengths
        "Content-Length: 5\r\nContent-Length: 6\r\n", "Content-Length: 5\r\nContent-Length: 5\r\n",
        "Content-Length: 5, 5\r\n", "Content-Length: 5,6\r\n",
        "Content-Length: 5\r\ncontent-length: 0\r\n",
        // odd lengths
        "Content-Length: +5\r\n", "Content-Length: -5\r\n", "Content-Length: 0x5\r\n",
        "Content-Length: 5 5\r\n", "Content-Length: 5.0\r\n", "Content-Length: \r\n",
        "Content-Length: five\r\n", "Content-Length: 05\r\n", "Content-Length: 5;\r\n",
        "Content-Length: 18446744073709551621\r\n", "Content-Length: 5\x0b\r\n",
        "Content-Length: \"5\"\r\n", "Content-Length: 5\xa0\r\n",
        // codings other than chunked, and chunked in disguise
        "Transfer-Encoding: gzip\r\n", "Transfer-Encoding: gzip, chunked\r\n",
        "Transfer-Encoding: chunked, gzip\r\n", "Transfer-Encoding: chunked, chunked\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
        "Transfer-Encoding: identity\r\n", "Transfer-Encoding: xchunked\r\n",
        "Transfer-Encoding: chunked;q=1\r\n", "Transfer-Encoding: \"chunked\"\r\n",
        "Transfer-Encoding: chunk\r\n", "Transfer-Encoding: ,chunked\r\n",
        "Transfer-Encoding: chunked,\r\n", "Transfer-Encoding:\r\n",
        "Transfer-Encoding: \x0b"
        "chunked\r\n",
        "Transfer-Encoding: chunked\x0b\r\n",
        "Transfer-Encoding: \x7f"
        "chunked\r\n",
        "Transfer-Encoding: ch\xc5\xbfunked\r\n",
        // names that are almost right
        "Transfer-Encoding : chunked\r\n", "Content-Length : 5\r\n",
        "Transfer-Encoding\t: chunked\r\n", " Transfer-Encoding: chunked\r\n",
        "\tContent-Length: 5\r\n", "Transfer_Encoding: chunked\r\n", "Content_Length: 5\r\n",
        "Content-Length\x00: 5\r\n", "Transfer-Encoding\r\n : chunked\r\n",
        "X: y\r\n Transfer-Encoding: chunked\r\n", "X: y\r\n\tContent-Length: 5\r\n", "Foo\r\n",
        ": empty\r\n", "Foo bar: x\r\n", "Foo(: x\r\n", "F\xc3\xb6o: x\r\n",
        // line ends
        "X: y\nTransfer-Encoding: chunked\r\n", "X: y\rTransfer-Encoding: chunked\r\n",
        "X: y\r\r\nTransfer-Encoding: chunked\r\n", "X: y\n\rContent-Length: 5\r\n",
        "X: a\x01"
        "b\r\n",
        "X: a\x7f\r\n",
        // a second Host, an odd one, an odd Connection
        "Host: other\r\n", "host: g\r\n", "Connection: close, a b\r\n",
        "Connection: \"close\"\r\n"}) {
    const bool chunked = fields.find("hunk") != std::string::npos;
    all.push_back(kPost + fields + (chunked ? zero : five) + kHidden);
  }
  // A byte of zero ends a literal before its time.
  all.push_back(kPost + "X: a" + std::string(1, '\0') + "b\r\n\r\n");
  all.push_back(kPost + "Content-Length" + std::string(1, '\0') + ": 5\r\n\r\nabcde");
  for (const std::string line : {"GET  /function/f HTTP/1.1",
                                 "GET /function/f  HTTP/1.1",
                                 "GET /function/f HTTP/1.1 ",
                                 "GET /function/f\tHTTP/1.1",
                                 " GET /function/f HTTP/1.1",
                                 "GET /function/f x HTTP/1.1",
                                 "GET /function/f#x HTTP/1.1",
                                 "GET /function/\x01 HTTP/1.1",
                                 "GET /function/f\x7f HTTP/1.1",
                                 "GET /function/f\xc3\xa4 HTTP/1.1",
                                 "GET /function/f",
                                 "GET",
                                 "",
                                 "G(T /function/f HTTP/1.1",
                                 "GET http://g/function/f HTTP/1.1",
                                 "GET g/function/f HTTP/1.1",
                                 "CONNECT g:80 HTTP/1.1",
                                 "GET * HTTP/1.1",
                                 "GET /function/f HTTP/2.0",
                                 "GET /function/f HTTP/0.9",
                                 "GET /function/f HTTP/1.2",
                                 "GET /function/f HTTP/1.10",
                                 "GET /function/f HTTP/1,1",
                                 "GET /function/f http/1.1",
                                 "GET /function/f HTTP/1.1\r",
                                 "PRI * HTTP/2.0",
                                 "GET /function/f FTP/1.1",
                                 "\r\nGET /function/f HTTP/1.1"}) {
    all.push_back(line + "\r\nHost: g\r\n\r\n" + kHidden);
  }
  for (const std::string whole :
       {"GET /function/f HTTP/1.1\r\n\r\n",  // no Host
        "GET /function/f HTTP/1.1\r\nHost: a b\r\n\r\n",
        "GET /function/f HTTP/1.1\r\nHost: a/b\r\n\r\n",
        "GET /function/f HTTP/1.1\r\nHost: a@b\r\n\r\n",
        "GET /function/f HTTP/1.1\r\nHost: a, b\r\n\r\n",
        "POST /function/f HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "GET /function/f HTTP/1.1\nHost: g\n\n", "GET /function/f HTTP/1.1\r\nHost: g\r\n\n",
        "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\n"}) {  // TLS to a plain port
    all.push_back(whole + kHidden);
  }
  return all;
}

std::vector<std::string> broken_chunks() {
  std::vector<std::string> all;
  for (const std::string body : {"5 \r\nabcde\r\n0\r\n\r\n",
                                 " 5\r\nabcde\r\n0\r\n\r\n",
                                 "0x5\r\nabcde\r\n0\r\n\r\n",
                                 "+5\r\nabcde\r\n0\r\n\r\n",
                                 "-5\r\nabcde\r\n0\r\n\r\n",
                                 "5\nabcde\r\n0\r\n\r\n",
                                 "5\rabcde\r\n0\r\n\r\n",
                                 "5\r\nabcde0\r\n\r\n",
                                 "5\r\nabcdef\r\n0\r\n\r\n",
                                 "5\r\nabcde\n0\r\n\r\n",
                                 "5\r\nabcde\r0\r\n\r\n",
                                 "5\r\nabcde\r\n\r\n0\r\n\r\n",
                                 ";x\r\nabcde\r\n",
                                 "\r\n",
                                 "g\r\n",
                                 "ffffffffffffffff\r\n",
                                 "10000000000000005\r\nabcde\r\n",
                                 "5;a\nb\r\nabcde\r\n0\r\n\r\n",
                                 "5;a=\"\n\"\r\nabcde\r\n0\r\n\r\n",
                                 "5;a\rb\r\nabcde\r\n0\r\n\r\n",
                                 "5;\x01\r\nabcde\r\n0\r\n\r\n",
                                 "0\r\n X: folded\r\n\r\n",
                                 "0\r\n: x\r\n\r\n",
                                 "0\r\n0\r\n\r\n",
                                 "0\r\nX : y\r\n\r\n",
                                 "0\r\nX: a\nb\r\n\r\n",
                                 "0\r\nX: y\r\n\rz",
                                 "5,5\r\nabcde\r\n0\r\n\r\n"}) {
    all.push_back(body);
  }
  all.push_back("5;" + std::string(5000, 'x') + "\r\nabcde\r\n0\r\n\r\n");
  all.push_back("0\r\nX: " + std::string(5000, 'x') + "\r\n\r\n");
  return all;
}

TEST(Strict, WhatCouldBeReadInTwoWaysIsRefusedAndReachesNobody) {
  Origin origin;
  Bench bench;
  bench.route({origin.replica()});
  for (const std::string& request : ambiguous()) {
    Peer caller = bench.caller();
    caller.send(request);
    const Message answer = caller.read_message();
    EXPECT_EQ(answer.status(), 400) << testing::PrintToString(request);
    EXPECT_TRUE(answer.has("Connection: close"));
    EXPECT_TRUE(caller.ended()) << "nothing behind it is read: " << testing::PrintToString(request);
  }
  EXPECT_EQ(origin.connections(), 0);
  EXPECT_EQ(bench.get().status(), 200) << "others are served";
}

TEST(Strict, BrokenChunksAreRefusedAndNothingBehindThemIsRead) {
  Origin origin;
  Bench bench;
  bench.route({origin.replica()});
  for (const std::string& body : broken_chunks()) {
    for (const bool together : {true, false}) {
      Peer caller = bench.caller();
      const std::string head = kPost + "Transfer-Encoding: chunked\r\n\r\n";
      if (together) {
        caller.send(head + body + kHidden);
      } else {
        caller.send(head);
        bench.traffic_when([](const Traffic& t) { return t.in_flight == 1; });
        caller.send(body + kHidden);
      }
      EXPECT_EQ(caller.read_message().status(), 400) << testing::PrintToString(body);
      EXPECT_TRUE(caller.ended());
    }
  }
  EXPECT_EQ(origin.requests(), 0) << "no whole one";
}

TEST(Strict, TheBodysBytesAreTheSameHoweverTheyAreCut) {
  const std::string wire = "3;e=\"x\"\r\nabc\r\n00a\r\n0123456789\r\n0\r\nT: 1\r\nU: 2\r\n\r\nnext";
  for (std::size_t cut = 1; cut < wire.size(); ++cut) {
    BodyReader reader;
    reader.begin(Framing::chunked, 0);
    std::string body, left = wire;
    while (!left.empty() && !reader.done()) {
      std::string part = left.substr(0, cut);
      const BodyReader::Step step = reader.feed(part.data(), part.size());
      body += part.substr(0, step.body);
      left.erase(0, step.taken);
      ASSERT_EQ(reader.state() == BodyReader::State::malformed, false);
    }
    EXPECT_EQ(body, "abc0123456789");
    EXPECT_EQ(left, "next");
  }
}

TEST(Strict, HeadsThatAreRightAreTaken) {
  RequestHead head;
  EXPECT_FALSE(
      parse("PURGE /a?b=c&d=%20[]|{} HTTP/1.1\r\nhOsT: [::1]:80\r\nX:\r\nY: a\tb\xff \r\n"
            "Connection: , Keep-Alive,,x-foo\r\nEXPECT: 100-Continue\r\n\r\n",
            head));
  EXPECT_EQ(head.method, "PURGE");
  EXPECT_EQ(head.host, "[::1]:80");
  EXPECT_EQ(head.fields.size(), 5U);
  EXPECT_EQ(head.fields[2].value, "a\tb\xff");
  EXPECT_TRUE(head.names("X-Foo"));
  EXPECT_TRUE(head.expects_continue);
  EXPECT_FALSE(head.close);
  EXPECT_FALSE(parse("OPTIONS * HTTP/1.0\r\n\r\n", head));
  EXPECT_TRUE(head.close);
  EXPECT_FALSE(head.names("X-Foo")) << "nothing stays of the one before";
  EXPECT_FALSE(parse("POST / HTTP/1.1\r\nHost:\r\nContent-Length: 0\r\n\r\n", head));
  EXPECT_EQ(head.framing, Framing::length);
  const auto refusal = parse("GET / HTTP/1.1\r\nHost: g\r\nExpect: 200-ok\r\n\r\n", head);
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->status, 417);
}

TEST(Strict, TheStatusLinesReasonMayBeMissing) {
  AnswerHead head;
  EXPECT_FALSE(parse("HTTP/1.1 200\r\nContent-Length: 3\r\n\r\n", false, head));
  EXPECT_FALSE(parse("HTTP/1.1 404 \r\n\r\n", false, head));
  EXPECT_EQ(head.framing, Framing::until_close);
  EXPECT_FALSE(parse("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n", true, head));
  EXPECT_EQ(head.framing, Framing::none);
}

TEST(Strict, HiddenPathsAreHiddenHoweverTheyAreWritten) {
  Visibility visibility{false, {{"/admin/open", false}, {"/admin", true}, {"/Secret/", true}}};
  for (const std::string path :
       {"/admin", "/admin?x", "/ADMIN/x", "/administrator", "//admin", "/./admin", "/x/../admin",
        "/%61dmin", "/x/%2e%2e/admin", "/%2561dmin", "/x/..;a=b/admin", "/x\\..\\admin",
        "/;a/admin", "/admin/open/../x", "/admin/open/%2e%2e/x", "/secret/", "//secret",
        "/x/..%2fsecret"}) {
    EXPECT_TRUE(hidden(visibility, path)) << path;
  }
  for (const std::string path :
       {"", "/", "?/admin", "/x/admin", "/admin/open", "/admin/open/x?y", "/secret", "/a%20b//c"}) {
    EXPECT_FALSE(hidden(visibility, path)) << path;
  }
  EXPECT_TRUE(hidden({true, {}}, "/x"));
  EXPECT_FALSE(hidden({true, {{"/open", false}}}, "/open/x"));
  EXPECT_TRUE(hidden({true, {{"/open", false}}}, "/open/../x"));
}

}  // namespace
}  // namespace thaw::gateway
