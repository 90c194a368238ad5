// The HTTP client against a server that misbehaves on purpose.
#include "drivers/http/client.hpp"

#include <gtest/gtest.h>

#include "tests/drivers/loopback_server.hpp"
#include "tests/drivers/run_here.hpp"

namespace thaw::http {
namespace {

using loopback::Authority;
using loopback::ConnectProxy;
using loopback::Identity;
using loopback::LoopbackServer;
using loopback::run_here;
using loopback::ServerTls;
using loopback::Visit;
using Kind = Failure::Kind;

constexpr Duration kWithin = 5s;

Request get(std::string target) {
  Request request;
  request.target = std::move(target);
  return request;
}

// An authority, a server that it vouches for, and a client that trusts it.
class OverTls : public ::testing::Test {
 protected:
  LoopbackServer& serve(LoopbackServer::Handler handler,
                        std::vector<std::string> names = {"IP:127.0.0.1"},
                        std::string client_authority = "") {
    server_.emplace(io_, ServerTls{authority_.issue("server", names), std::move(client_authority)},
                    std::move(handler));
    return *server_;
  }
  Endpoint endpoint() const {
    Endpoint to;
    to.host = "127.0.0.1";
    to.port = server_->port();
    to.tls->ca = authority_.certificate();
    return to;
  }
  Response send(Client& client, Request request, Duration within = kWithin) {
    return run_here(io_, client.send(std::move(request), within));
  }
  Failure failure_of(Awaitable<Response> call) {
    try {
      run_here(io_, std::move(call));
    } catch (const Failure& failure) {
      return failure;
    }
    throw std::logic_error("it did not fail");
  }
  Failure failure_of(const Endpoint& to) {
    Client client(io_.get_executor(), to);
    return failure_of(client.send(get("/"), kWithin));
  }

  static Awaitable<void> hello(Visit& visit) { co_await visit.answer(200, "hello"); }

  boost::asio::io_context io_;
  Authority authority_{"authority"};
  std::optional<LoopbackServer> server_;
};

TEST_F(OverTls, AnswersAreWholeAndOneConnectionServesThem) {
  Request seen;
  serve([&](Visit& visit) -> Awaitable<void> {
    seen = visit.request;
    co_await visit.answer(visit.request.method == "POST" ? 201 : 200, "hello", "X-Name: value\r\n");
  });
  Endpoint to = endpoint();
  to.base_path = "/prefix";
  Client client(io_.get_executor(), to);
  const Response first = send(client, get("/a?b=1"));
  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(first.body, "hello");
  EXPECT_EQ(first.header("x-name"), "value");
  EXPECT_EQ(seen.target, "/prefix/a?b=1");
  EXPECT_EQ(find_header(seen.headers, "host"), "127.0.0.1:" + std::to_string(server_->port()));
  Request post{"POST", "/c", {{"Content-Type", "text/plain"}}, std::string(100'000, 'x')};
  EXPECT_EQ(send(client, post).status, 201);
  EXPECT_EQ(seen.body, post.body);
  EXPECT_EQ(server_->connections(), 1);
  EXPECT_EQ(client.traffic().requests, 2u);
  EXPECT_EQ(client.traffic().connections, 1u);
}

TEST_F(OverTls, ACertificateOfAnotherAuthorityIsRefused) {
  serve(hello);
  Endpoint to = endpoint();
  to.tls->ca = Authority("another").certificate();
  const Failure failure = failure_of(to);
  EXPECT_EQ(failure.kind(), Kind::tls);
  EXPECT_NE(std::string(failure.what()).find("not trusted"), std::string::npos) << failure.what();
  EXPECT_FALSE(failure.maybe_received());
  EXPECT_EQ(server_->requests(), 0u);
}

TEST_F(OverTls, ACertificateForAnotherNameIsRefused) {
  serve(hello, {"DNS:elsewhere.example", "IP:127.0.0.2"});
  const Failure failure = failure_of(endpoint());
  EXPECT_EQ(failure.kind(), Kind::tls);
  EXPECT_NE(std::string(failure.what()).find("not for 127.0.0.1"), std::string::npos)
      << failure.what();
  Endpoint named = endpoint();
  named.tls->server_name = "elsewhere.example";
  Client client(io_.get_executor(), named);
  EXPECT_EQ(send(client, get("/")).body, "hello");
  named.tls->server_name = "server";  // its CN, which is no name
  EXPECT_EQ(failure_of(named).kind(), Kind::tls);
}

TEST_F(OverTls, InsecureMeansNoCheckAndNothingElse) {
  serve(hello, {"DNS:elsewhere.example"});
  Endpoint to = endpoint();
  to.tls = Tls{};
  to.tls->insecure = true;
  Client client(io_.get_executor(), to);
  EXPECT_EQ(send(client, get("/")).body, "hello");
}

TEST_F(OverTls, AClientCertificateIsPresented) {
  std::string name;
  const Authority clients("clients");
  serve(
      [&](Visit& visit) -> Awaitable<void> {
        name = visit.client_name;
        co_await visit.answer(200, "hello");
      },
      {"IP:127.0.0.1"}, clients.certificate());
  EXPECT_EQ(failure_of(endpoint()).kind(), Kind::tls);  // none
  Endpoint to = endpoint();
  const Identity identity = clients.issue("drive");
  to.tls->certificate = identity.certificate;
  to.tls->key = identity.key;
  Client client(io_.get_executor(), to);
  EXPECT_EQ(send(client, get("/")).body, "hello");
  EXPECT_EQ(name, "drive");
}

TEST_F(OverTls, AKeyThatIsNotTheCertificatesIsRefusedAtOnce) {
  serve(hello);
  Endpoint to = endpoint();
  to.tls->certificate = authority_.issue("drive").certificate;
  to.tls->key = authority_.issue("drive").key;
  try {
    Client client(io_.get_executor(), to);
    FAIL();
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.kind(), Kind::tls);
    EXPECT_EQ(std::string(failure.what()).find("PRIVATE KEY"), std::string::npos);
  }
}

TEST_F(OverTls, APlainServerIsNoTlsServer) {
  LoopbackServer plain(io_, std::nullopt, [](Visit& visit) -> Awaitable<void> {
    co_await visit.answer(200, "hello");
  });
  serve(hello);
  Endpoint to = endpoint();
  to.port = plain.port();
  Client client(io_.get_executor(), to);
  EXPECT_EQ(failure_of(client.send(get("/"), 300ms)).kind(), Kind::timeout);  // it waits for a head
  to.tls.reset();
  Client cleartext(io_.get_executor(), to);
  EXPECT_EQ(send(cleartext, get("/")).body, "hello");
}

TEST_F(OverTls, AHangEndsInTime) {
  serve([](Visit& visit) -> Awaitable<void> { co_await visit.pause(1h); });
  Client client(io_.get_executor(), endpoint());
  const auto begin = std::chrono::steady_clock::now();
  const Failure failure = failure_of(client.send(get("/"), 200ms));
  EXPECT_EQ(failure.kind(), Kind::timeout);
  EXPECT_TRUE(failure.maybe_received());
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 2s);
}

TEST_F(OverTls, SlowBytesAreNoHangUntilTheTimeIsOver) {
  serve([](Visit& visit) -> Awaitable<void> {
    co_await visit.begin_chunks();
    for (int i = 0; i < 100; ++i) {
      co_await visit.chunk("x");
      co_await visit.pause(5ms);
    }
    co_await visit.end_chunks();
  });
  Client client(io_.get_executor(), endpoint());
  EXPECT_EQ(send(client, get("/")).body, std::string(100, 'x'));
  EXPECT_EQ(failure_of(client.send(get("/"), 100ms)).kind(), Kind::timeout);
}

TEST_F(OverTls, AResetAndATruncatedBodyAreClosed) {
  serve([](Visit& visit) -> Awaitable<void> {
    if (visit.request.target == "/reset") {
      visit.reset();
    } else if (visit.request.target == "/chunks") {
      co_await visit.begin_chunks();
      co_await visit.chunk("half");
      visit.close();
    } else {
      co_await visit.write("HTTP/1.1 200 -\r\nContent-Length: 10\r\n\r\nhalf");
      visit.close();
    }
  });
  Client client(io_.get_executor(), endpoint());
  for (const char* const target : {"/reset", "/chunks", "/length"}) {
    const Failure failure = failure_of(client.send(get(target), kWithin));
    EXPECT_EQ(failure.kind(), Kind::closed) << target << ": " << failure.what();
    EXPECT_TRUE(failure.maybe_received());
  }
  EXPECT_EQ(server_->requests(), 3u);  // none is asked twice
}

TEST_F(OverTls, AKeptConnectionThatDiedIsReplacedForAGetOnly) {
  serve([&](Visit& visit) -> Awaitable<void> {
    co_await visit.answer(200, "hello");
    visit.close();  // without a word of it in the head
  });
  Client client(io_.get_executor(), endpoint());
  EXPECT_EQ(send(client, get("/1")).body, "hello");
  EXPECT_EQ(send(client, get("/2")).body, "hello");
  EXPECT_EQ(server_->connections(), 2);
  const Failure failure = failure_of(client.send({"POST", "/3", {}, "x"}, kWithin));
  EXPECT_EQ(failure.kind(), Kind::closed);
  EXPECT_TRUE(failure.maybe_received());
}

TEST_F(OverTls, ConnectionCloseIsObeyed) {
  serve([](Visit& visit) -> Awaitable<void> {
    co_await visit.answer(200, "hello", "Connection: close\r\n");
  });
  Client client(io_.get_executor(), endpoint());
  send(client, get("/"));
  send(client, get("/"));
  EXPECT_EQ(server_->connections(), 2);
}

TEST_F(OverTls, WhatIsNoHttpIsMalformed) {
  serve([](Visit& visit) -> Awaitable<void> { co_await visit.write("220 mail ready\r\n\r\n"); });
  EXPECT_EQ(failure_of(endpoint()).kind(), Kind::malformed);
}

TEST_F(OverTls, HeadBodyAndLineAreBounded) {
  serve([](Visit& visit) -> Awaitable<void> {
    const std::string large(5'000, 'x');
    if (visit.request.target == "/head") {
      co_await visit.answer(200, "", "X: " + large + "\r\n");
    } else {
      co_await visit.begin_chunks();
      for (int i = 0; i < 3; ++i) co_await visit.chunk(large);
      co_await visit.end_chunks();
    }
  });
  const Bounds bounds{.head = 4'096, .body = 10'000, .line = 10'000};
  Client client(io_.get_executor(), endpoint(), bounds);
  EXPECT_EQ(failure_of(client.send(get("/head"), kWithin)).kind(), Kind::too_large);
  EXPECT_EQ(failure_of(client.send(get("/body"), kWithin)).kind(), Kind::too_large);
  const Failure line =
      failure_of(client.stream(get("/line"), kWithin, kWithin, [](std::string_view) {}));
  EXPECT_EQ(line.kind(), Kind::too_large);
}

TEST_F(OverTls, AStreamTellsEachLineWhereverTheChunksAreCut) {
  serve([](Visit& visit) -> Awaitable<void> {
    co_await visit.begin_chunks();
    co_await visit.chunk("on");
    co_await visit.chunk("e\ntwo\n\nth");
    co_await visit.chunk("ree\r");
    co_await visit.chunk("\n");
    co_await visit.end_chunks();
  });
  Client client(io_.get_executor(), endpoint());
  std::vector<std::string> lines;
  const Response end =
      run_here(io_, client.stream(get("/"), kWithin, kWithin,
                                  [&](std::string_view line) { lines.emplace_back(line); }));
  EXPECT_EQ(lines, (std::vector<std::string>{"one", "two", "three"}));
  EXPECT_EQ(end.status, 200);
  EXPECT_EQ(end.body, "");
}

TEST_F(OverTls, AStreamThatFallsSilentOrEndsEarlyIsToldWithItsLines) {
  serve([](Visit& visit) -> Awaitable<void> {
    co_await visit.begin_chunks();
    co_await visit.chunk("one\ntw");
    if (visit.request.target == "/silent") co_await visit.pause(1h);
    if (visit.request.target == "/line") co_await visit.end_chunks();
    visit.close();
  });
  Client client(io_.get_executor(), endpoint());
  int lines = 0;
  const auto count = [&](std::string_view) { ++lines; };
  const auto fails = [&](const char* target) {
    return failure_of(client.stream(get(target), kWithin, 200ms, count)).kind();
  };
  EXPECT_EQ(fails("/silent"), Kind::timeout);
  EXPECT_EQ(fails("/cut"), Kind::closed);
  EXPECT_EQ(fails("/line"), Kind::closed);
  EXPECT_EQ(lines, 3);
}

TEST_F(OverTls, AStreamRefusedIsAnAnswer) {
  serve([](Visit& visit) -> Awaitable<void> { co_await visit.answer(410, "too\nold\n"); });
  Client client(io_.get_executor(), endpoint());
  const Response refused =
      run_here(io_, client.stream(get("/"), kWithin, kWithin, [](std::string_view) { FAIL(); }));
  EXPECT_EQ(refused.status, 410);
  EXPECT_EQ(refused.body, "too\nold\n");
}

TEST_F(OverTls, ClosingEndsWhatIsUnderWay) {
  serve([](Visit& visit) -> Awaitable<void> { co_await visit.pause(1h); });
  Client client(io_.get_executor(), endpoint());
  boost::asio::post(io_, [&] { client.close(); });
  EXPECT_EQ(failure_of(client.send(get("/"), 1h)).kind(), Kind::closed);
  EXPECT_EQ(failure_of(client.send(get("/"), 1h)).kind(), Kind::closed);
}

// localhost is ::1 as well, where nobody listens.
TEST_F(OverTls, AHostIsLookedUpAndEachAddressTried) {
  serve(hello, {"DNS:localhost"});
  Endpoint to = endpoint();
  to.host = "localhost";
  Client client(io_.get_executor(), to);
  EXPECT_EQ(send(client, get("/")).body, "hello");
  to.host = "no.such.host.invalid";
  const Failure failure = failure_of(to);
  EXPECT_TRUE(failure.kind() == Kind::resolve || failure.kind() == Kind::timeout) << failure.what();
  EXPECT_FALSE(failure.maybe_received());
}

TEST_F(OverTls, ARequestOfBrokenLinesIsNotSent) {
  serve(hello);
  Client client(io_.get_executor(), endpoint());
  Request request = get("/");
  request.headers.emplace_back("Authorization", "Bearer a\r\nX-Injected: b");
  EXPECT_EQ(failure_of(client.send(request, kWithin)).kind(), Kind::malformed);
  EXPECT_EQ(failure_of(client.send(get("/ HTTP/1.1"), kWithin)).kind(), Kind::malformed);
  EXPECT_EQ(server_->requests(), 0u);
}

TEST_F(OverTls, NobodyListeningIsToldAsSuch) {
  serve(hello);
  const Endpoint to = endpoint();
  server_->refuse_all();
  const Failure failure = failure_of(to);
  EXPECT_EQ(failure.kind(), Kind::connect);
  EXPECT_FALSE(failure.maybe_received());
}

TEST_F(OverTls, AProxyIsAskedToConnect) {
  serve(hello, {"DNS:api.example"});
  ConnectProxy proxy(io_, server_->port());
  Endpoint to = endpoint();
  to.host = "api.example";
  to.port = 6443;
  to.proxy = Proxy{"127.0.0.1", proxy.port(), "Basic dTpw"};
  Client client(io_.get_executor(), to);
  EXPECT_EQ(send(client, get("/")).body, "hello");
  ASSERT_EQ(proxy.heads().size(), 1u);
  EXPECT_EQ(proxy.heads()[0],
            "CONNECT api.example:6443 HTTP/1.1\r\nHost: api.example:6443\r\n"
            "Proxy-Authorization: Basic dTpw\r\n\r\n");
}

TEST_F(OverTls, AProxyThatRefusesIsNamed) {
  serve(hello);
  ConnectProxy proxy(io_, server_->port(), 407);
  Endpoint to = endpoint();
  to.proxy = Proxy{"127.0.0.1", proxy.port(), "Basic c2VjcmV0"};
  const Failure failure = failure_of(to);
  EXPECT_EQ(failure.kind(), Kind::connect);
  EXPECT_NE(std::string(failure.what()).find("407"), std::string::npos);
  EXPECT_EQ(std::string(failure.what()).find("c2VjcmV0"), std::string::npos);
}

}  // namespace
}  // namespace thaw::http
