// The parser that judges the gateway, judged itself: by the grammar's own examples and by what has
// been used to be read in two ways.
#include "tests/gateway/reader.hpp"

#include <gtest/gtest.h>

namespace thaw::rigs {
namespace {

using Reads = Reader::Reads;

const std::string kGet = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";

Reader read_requests(const std::string& bytes) {
  Reader reader(Reads::requests);
  reader.take(bytes);
  return reader;
}

std::string post(const std::string& fields, const std::string& body) {
  return "POST /p HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n" + body;
}

TEST(Reader, ReadsRequestsOneBehindTheOther) {
  const Reader reader =
      read_requests(kGet + post("Content-Length: 3\r\n", "abc") + "\r\n" +
                    post("Transfer-Encoding: chunked\r\n",
                         "3\r\nabc\r\nA;x=\"y\"\r\n0123456789\r\n0\r\nT: 1\r\n\r\n") +
                    kGet);
  EXPECT_EQ(reader.wrong, "");
  ASSERT_EQ(reader.whole.size(), 4u);
  EXPECT_EQ(reader.whole[1].body, "abc");
  EXPECT_EQ(reader.whole[2].body, "abc0123456789");
  EXPECT_EQ(reader.whole[3].target, "/a");
  EXPECT_TRUE(reader.between());
}

TEST(Reader, ReadsTheSameHoweverBytesArrive) {
  const std::string bytes =
      kGet + post("Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n0\r\n\r\n") + kGet;
  Reader reader(Reads::requests);
  for (const char byte : bytes) reader.take({&byte, 1});
  EXPECT_EQ(reader.whole.size(), 3u);
  EXPECT_EQ(reader.wrong, "");
}

TEST(Reader, RefusesWhatCanBeReadInTwoWays) {
  const std::string hello = "5\r\nhello\r\n0\r\n\r\n";
  for (const std::string& bytes :
       {post("Content-Length: 5\r\nContent-Length: 5\r\n", "hello"),
        post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", hello),
        post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", hello),
        post("Transfer-Encoding: xchunked\r\n", hello), post("Content-Length: +5\r\n", "hello"),
        post("Content-Length: 5, 5\r\n", "hello"), post("Content-Length : 5\r\n", "hello"),
        post("Content-Length:\r\n 5\r\n", "hello"), post("X: a\nContent-Length: 5\r\n", "hello"),
        post("X: a\rb\r\n", ""), std::string("GET /a HTTP/1.1\r\n\r\n"),
        std::string("GET /a HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n"),
        std::string("GET /a b HTTP/1.1\r\nHost: h\r\n\r\n"),
        std::string("GET  /a HTTP/1.1\r\nHost: h\r\n\r\n"),
        std::string("GET /a HTTP/2.0\r\nHost: h\r\n\r\n"),
        std::string("GET /a HTTP/1.1\nHost: h\r\n\r\n")}) {
    const Reader reader = read_requests(bytes + kGet);
    EXPECT_NE(reader.wrong, "") << bytes;
    EXPECT_TRUE(reader.heads.empty()) << bytes;
  }
}

TEST(Reader, StopsAtAChunkThatIsNone) {
  for (const std::string size : {"0x5", "5 ", " 5", "-5", "", "G", "fffffffffffffffff"}) {
    const Reader reader = read_requests(
        post("Transfer-Encoding: chunked\r\n", size + "\r\nhello\r\n0\r\n\r\n") + kGet);
    EXPECT_NE(reader.wrong, "") << size;
    EXPECT_EQ(reader.heads.size(), 1u) << size;
    EXPECT_TRUE(reader.whole.empty()) << size;
  }
}

TEST(Reader, ReadsNothingBehindTheLastRequest) {
  const Reader reader =
      read_requests("GET /a HTTP/1.1\r\nHost: h\r\nConnection: x, Close\r\n\r\n" + kGet);
  EXPECT_EQ(reader.heads.size(), 1u);
  EXPECT_TRUE(reader.finished());
  EXPECT_TRUE(read_requests("GET /a HTTP/1.0\r\n\r\n").finished());
}

TEST(Reader, ReadsAnswersAsTheirRequestsWant) {
  Reader reader(Reads::answers);
  reader.expect("HEAD");
  reader.expect("GET");
  reader.expect("GET");
  reader.take(
      "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nHTTP/1.1 103 \r\n\r\n"
      "HTTP/1.1 204 No\r\n\r\nHTTP/1.1 200 OK\r\n\r\nto the ");
  EXPECT_TRUE(reader.in_body());
  reader.take("end");
  reader.end();
  EXPECT_EQ(reader.wrong, "");
  ASSERT_EQ(reader.whole.size(), 4u);
  EXPECT_EQ(reader.whole[3].body, "to the end");
}

TEST(Reader, RefusesAnswersThatNobodyAskedFor) {
  Reader reader(Reads::answers);
  reader.expect("GET");
  const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  reader.take(answer);
  EXPECT_EQ(reader.wrong, "");
  reader.take(answer);
  EXPECT_NE(reader.wrong, "");
}

}  // namespace
}  // namespace thaw::rigs
