// The gateway as a service: pages and asynchronous calls, who may call, TLS, its figures, its end.
#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <sys/stat.h>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "drivers/http/failure.hpp"
#include "tests/drivers/certificates.hpp"
#include "tests/drivers/gateway/peer.hpp"

namespace thaw::gateway {
namespace {

using namespace std::chrono_literals;

Awaitable<http::Response> pages(http::Request request) {
  if (request.target == "/throw") throw std::runtime_error("no such luck");
  http::Response response{201, {{"Content-Type", "text/x"}, {"Connection", "mine"}}, ""};
  response.body = request.method + " " + request.target + " " + request.body;
  for (const auto& [name, value] : request.headers) response.body += "|" + name + "=" + value;
  co_return response;
}

TEST(Pages, GetWhatIsNoFunctionsWithItsWholeBody) {
  Bench bench({}, [](Gateway::Hooks& hooks) { hooks.pages = pages; });
  bench.route({});
  Peer caller = bench.caller();
  caller.send(
      "POST /wake-function/f?x HTTP/1.1\r\nHost: g\r\nTransfer-Encoding: chunked\r\n"
      "Connection: X-Hop\r\nX-Hop: 1\r\nX-Forwarded-For: 1.2.3.4\r\n\r\n");
  std::this_thread::sleep_for(10ms);
  caller.send("3\r\nabc\r\n0\r\n\r\nGET /throw HTTP/1.1\r\nHost: g\r\n\r\n");
  const Message answer = caller.read_message();
  EXPECT_EQ(answer.status(), 201);
  EXPECT_EQ(answer.body, "POST /wake-function/f?x abc|Host=g|X-Forwarded-For=1.2.3.4, 127.0.0.1");
  EXPECT_EQ(answer.head, "HTTP/1.1 201 \r\nContent-Type: text/x\r\nContent-Length: 69\r\n\r\n");
  const Message thrown = caller.read_message();
  EXPECT_EQ(thrown.status(), 500);
  EXPECT_EQ(thrown.body, "no such luck\n");
  caller.send("HEAD /x HTTP/1.1\r\nHost: g\r\n\r\nGET /y HTTP/1.1\r\nHost: g\r\n\r\n");
  EXPECT_EQ(caller.read_message(true).status(), 201);
  EXPECT_TRUE(caller.read_message().body.starts_with("GET /y "));
}

TEST(Pages, BodiesAreBounded) {
  Bench bench({}, [](Gateway::Hooks& hooks) { hooks.pages = pages; });
  EXPECT_EQ(bench.ask("POST /x HTTP/1.1\r\nHost: g\r\nContent-Length: 65537\r\n\r\n").status(),
            413);
  EXPECT_EQ(bench
                .ask("POST /x HTTP/1.1\r\nHost: g\r\nTransfer-Encoding: chunked\r\n\r\n8000\r\n" +
                     std::string(0x8000, 'x') + "\r\n8001\r\n")
                .status(),
            413);
  EXPECT_EQ(
      bench.ask("POST /x HTTP/1.1\r\nHost: g\r\nTransfer-Encoding: chunked\r\n\r\nx").status(),
      400);
}

TEST(Pages, BodiesOfAllTogetherAreBounded) {
  Bench bench([](Settings& settings) { settings.bodies = 100'000; },
              [](Gateway::Hooks& hooks) { hooks.pages = pages; });
  Peer slow = bench.caller();
  const std::string some(60'000, 'x');
  slow.send("POST /x HTTP/1.1\r\nHost: g\r\nContent-Length: 60001\r\n\r\n" + some);
  const std::string whole = "POST /x HTTP/1.1\r\nHost: g\r\nContent-Length: 60000\r\n\r\n" + some;
  EXPECT_TRUE(eventually([&] {
    const Message answer = bench.ask(whole);
    return answer.status() == 503 && answer.has("Retry-After: 1");
  }));
  slow.send("x");
  EXPECT_EQ(slow.read_message().status(), 201);
  EXPECT_EQ(bench.ask(whole).status(), 201) << "what was answered leaves its room";
}

TEST(Async, CallsGoToTheirHookWhole) {
  Bench bench({}, [](Gateway::Hooks& hooks) {
    hooks.async = [](const FunctionName& function, std::string path,
                     http::Request request) -> Awaitable<http::Response> {
      http::Response response{202, {{"X-Call-Id", "7"}}, ""};
      response.body = function.first + "/" + function.second + " " + path + " " + request.body;
      co_return response;
    };
  });
  bench.route({}, [](Route& route) { route.visibility.paths = {{"/secret", true}}; });
  const Message answer = bench.ask(
      "POST /async-function/f?x=y HTTP/1.1\r\nHost: g\r\nExpect: 100-continue\r\n"
      "Content-Length: 3\r\n\r\nabc");
  EXPECT_EQ(answer.status(), 202);
  EXPECT_EQ(answer.body, "default/f /?x=y abc");
  EXPECT_TRUE(answer.has("X-Call-Id: 7"));
  EXPECT_EQ(bench.ask("POST /async-function/f/secret HTTP/1.1\r\nHost: g\r\n\r\n").status(), 404);
  EXPECT_EQ(bench.ask("POST /async-function/g HTTP/1.1\r\nHost: g\r\n\r\n").status(), 404);
  EXPECT_EQ(bench.traffic().total, 0U) << "nothing was called yet";
}

TEST(Visibility, PrivatePathsAreThereForThoseInsideAlone) {
  Origin origin;
  Bench bench;
  const auto routes = [&](std::vector<std::string> inside) {
    Routes made;
    Route route;
    route.name = {"default", "f"};
    route.ready = {origin.replica()};
    route.visibility.paths = {{"/private", true}};
    made.functions.push_back(route);
    made.inside = std::move(inside);
    bench.routes(std::move(made));
  };
  const std::string lie = " HTTP/1.1\r\nHost: g\r\nX-Forwarded-For: 10.0.0.9\r\n\r\n";
  routes({"10.0.0.9"});
  EXPECT_EQ(bench.ask("GET /function/f/private/x" + lie).status(), 404);
  EXPECT_EQ(bench.ask("GET /function/f/%70rivate/x" + lie).status(), 404);
  EXPECT_EQ(bench.ask("GET /function/f/open" + lie).status(), 200);
  EXPECT_EQ(origin.requests(), 1);
  routes({"10.0.0.9", "127.0.0.1"});
  EXPECT_EQ(bench.ask("GET /function/f/private/x" + lie).status(), 200);
}

TEST(Figures, AddUp) {
  Origin origin;
  Bench bench;
  Routes made;
  for (const std::string name : {"a", "b"}) {
    Route route;
    route.name = {"default", name};
    route.ready = {origin.replica()};
    made.functions.push_back(route);
  }
  bench.routes(std::move(made));
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(bench.ask("GET /function/b HTTP/1.1\r\nHost: g\r\n\r\n").status(), 200);
  }
  const std::vector<Traffic> all = bench.gateway->traffic();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].function, (FunctionName{"default", "a"}));
  EXPECT_EQ(all[0].total, 0U);
  EXPECT_FALSE(all[0].last_activity);
  EXPECT_EQ(all[1].total, 3U);
  EXPECT_EQ(all[1].completed, 3U);
  EXPECT_EQ(all[1].succeeded, 3U);
  EXPECT_GT(all[1].concurrency_ns, 0);
  EXPECT_LE(*all[1].last_activity, TimePoint{1h});
  EXPECT_GT(*all[1].last_activity, TimePoint{1h} - 10s);
  EXPECT_EQ(all[1].latency.counts[0] + all[1].latency.counts[1] + all[1].latency.counts[2] +
                all[1].latency.counts[3] + all[1].latency.counts[4] + all[1].latency.counts[5],
            3U);
}

TEST(Drain, LetsCallsEndAndTakesNoNewOnes) {
  Origin origin([](Peer& peer, int) {
    peer.read_message();
    peer.silent(300ms);
    peer.send(ok("late but whole"));
  });
  Bench bench;
  bench.route({origin.replica()});
  Peer idle = bench.caller(), busy = bench.caller();
  busy.send(kGet);
  bench.traffic_when([](const Traffic& t) { return t.in_flight == 1; });
  const auto begin = std::chrono::steady_clock::now();
  bench.gateway->drain(5s);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 2s) << "it is over when all is";
  EXPECT_TRUE(idle.ended());
  const Message answer = busy.read_message();
  EXPECT_EQ(answer.body, "late but whole");
  EXPECT_TRUE(answer.has("Connection: close"));
  EXPECT_EQ(bench.traffic().completed, 1U);
}

TEST(Drain, TellsThoseWhoStillWaitWhenItsTimeIsOver) {
  Bench bench;
  bench.route({});
  Peer caller = bench.caller();
  caller.send(kGet);
  bench.traffic_when([](const Traffic& t) { return t.queued == 1; });
  bench.gateway->drain(200ms);
  const Message answer = caller.read_message();
  EXPECT_EQ(answer.status(), 503);
  EXPECT_TRUE(answer.has("Retry-After: "));
  EXPECT_EQ(bench.traffic().rejected, 1U);
}

TEST(Drain, TheEndIsAtOnceWhateverIsInFlight) {
  Origin origin([](Peer& peer, int) {
    peer.read_message();
    peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    peer.ended();
  });
  auto bench = std::make_unique<Bench>(
      [](Settings&) {},
      [](Gateway::Hooks& hooks) {
        hooks.pages = [](http::Request) -> Awaitable<http::Response> {
          boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, 1h);
          co_await timer.async_wait(boost::asio::use_awaitable);
          co_return http::Response{};
        };
      });
  bench->route({origin.replica()}, [](Route& route) { route.per_replica = 2; });
  std::vector<Peer> callers;
  for (int i = 0; i < 8; ++i) callers.push_back(bench->caller());
  for (int i = 0; i < 3; ++i) callers[static_cast<std::size_t>(i)].send(kGet);  // one of them waits
  callers[3].send("POST /function/f HTTP/1.1\r\nHost: g\r\nContent-Length: 9\r\n\r\nabc");
  callers[4].send("GET /page HTTP/1.1\r\nHost: g\r\n\r\n");
  callers[5].send("GET /page HT");
  bench->traffic_when([](const Traffic& t) { return t.in_flight + t.queued == 4; });
  const auto begin = std::chrono::steady_clock::now();
  bench.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 1s);
  for (Peer& caller : callers) caller.read_to_end();
}

TEST(Gateway, SaysWhyItCannotListen) {
  EXPECT_THROW(Bench([](Settings& settings) { settings.listen = "nowhere"; }), http::Failure);
  Bench first;
  const std::string taken = "127.0.0.1:" + std::to_string(first.gateway->port());
  EXPECT_THROW(Bench([&](Settings& settings) { settings.listen = taken; }), http::Failure);
}

// A caller over TLS, as plain as can be: blocking, and trusting one authority.
class Encrypted {
 public:
  Encrypted(std::uint16_t port, const std::string& authority, const char* protocol = "http/1.1")
      : peer_(port), context_(SSL_CTX_new(TLS_client_method())) {
    SSL_CTX_load_verify_locations(context_, authority.c_str(), nullptr);
    SSL_CTX_set_verify(context_, SSL_VERIFY_PEER, nullptr);
    std::string offered(1, static_cast<char>(std::strlen(protocol)));
    offered += protocol;
    ssl_ = SSL_new(context_);
    SSL_set_alpn_protos(ssl_, reinterpret_cast<const unsigned char*>(offered.data()),
                        static_cast<unsigned>(offered.size()));
    SSL_set_fd(ssl_, peer_.handle());
    open_ = SSL_connect(ssl_) == 1;
  }
  Encrypted(const Encrypted&) = delete;
  Encrypted& operator=(const Encrypted&) = delete;
  ~Encrypted() {
    SSL_free(ssl_);
    SSL_CTX_free(context_);
  }

  bool open() const { return open_; }
  std::string name() const {
    X509* const certificate = SSL_get1_peer_certificate(ssl_);
    char text[256] = "";
    X509_NAME_oneline(X509_get_subject_name(certificate), text, sizeof text);
    X509_free(certificate);
    return text;
  }
  bool send(std::string_view bytes) {
    return SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size())) > 0;
  }
  // Until so many bytes are there, or the end.
  std::string read(std::size_t least) {
    std::string all;
    char bytes[16384];
    while (all.size() < least) {
      const int got = SSL_read(ssl_, bytes, sizeof bytes);
      if (got <= 0) break;
      all.append(bytes, static_cast<std::size_t>(got));
    }
    return all;
  }

 private:
  Peer peer_;
  SSL_CTX* context_;
  SSL* ssl_ = nullptr;
  bool open_ = false;
};

struct Certificates {
  Certificates() : authority("root") {
    folder = std::filesystem::temp_directory_path() / "thaw-gateway-XXXXXX";
    std::string made = folder.string();
    folder = mkdtemp(made.data());
    write("ca.pem", authority.certificate());
    renew("first");
  }
  Certificates(const Certificates&) = delete;
  Certificates& operator=(const Certificates&) = delete;
  ~Certificates() { std::filesystem::remove_all(folder); }
  void renew(const std::string& name) {
    const loopback::Identity identity = authority.issue(name, {"IP:127.0.0.1"});
    write("key.pem", identity.key);
    write("cert.pem", identity.certificate);
  }
  void write(const std::string& name, const std::string& text) {
    std::ofstream(folder / (name + ".new")) << text;
    std::filesystem::rename(folder / (name + ".new"), folder / name);
  }
  std::string path(const char* name) const { return folder / name; }
  void use(Settings& settings) const {
    settings.certificate = path("cert.pem");
    settings.key = path("key.pem");
  }

  loopback::Authority authority;
  std::filesystem::path folder;
};

TEST(Tls, CallersAreServedAndBodiesFlow) {
  Origin origin;
  const Certificates certificates;
  Bench bench([&](Settings& settings) { certificates.use(settings); });
  bench.route({origin.replica()});
  Encrypted caller(bench.gateway->port(), certificates.path("ca.pem"));
  ASSERT_TRUE(caller.open());
  const std::string body(std::size_t{3} << 20, 'x');
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(caller.send("POST /function/f HTTP/1.1\r\nHost: g\r\nContent-Length: " +
                            std::to_string(body.size()) + "\r\n\r\n"));
    EXPECT_TRUE(caller.send(body));
    const std::string answer = caller.read(body.size() + 100);
    EXPECT_NE(answer.find("X-Forwarded-Proto: https"), std::string::npos);
    EXPECT_GT(answer.size(), body.size());
  }
  EXPECT_EQ(bench.traffic_when([](const Traffic& t) { return t.total == 2; }).completed, 2U);
}

TEST(Tls, WhoSpeaksAnotherProtocolIsRefused) {
  const Certificates certificates;
  Bench bench([&](Settings& settings) { certificates.use(settings); });
  Encrypted caller(bench.gateway->port(), certificates.path("ca.pem"), "h2");
  EXPECT_FALSE(caller.open());
  Peer plain = bench.caller();
  plain.send(kGet);
  plain.read_to_end();
  Encrypted other(bench.gateway->port(), certificates.path("ca.pem"));
  EXPECT_TRUE(other.open());
}

TEST(Tls, ARenewedCertificateIsReadAndABrokenOneIsNot) {
  Certificates certificates;
  std::atomic<int> warned{0};
  Bench bench(
      [&](Settings& settings) {
        certificates.use(settings);
        settings.certificate_every = 50ms;
      },
      [&](Gateway::Hooks& hooks) { hooks.warn = [&](const std::string&) { ++warned; }; });
  const auto name = [&] {
    Encrypted caller(bench.gateway->port(), certificates.path("ca.pem"));
    return caller.open() ? caller.name() : "none";
  };
  EXPECT_EQ(name(), "/CN=first");
  certificates.renew("second");
  EXPECT_TRUE(eventually([&] { return name() == "/CN=second"; }));
  certificates.write("cert.pem", "nonsense");
  EXPECT_TRUE(eventually([&] { return warned > 0; }));
  EXPECT_EQ(name(), "/CN=second");
}

TEST(Tls, FilesThatAreNoCertificateAreRefused) {
  EXPECT_THROW(Bench([](Settings& settings) { settings.certificate = "/nowhere"; }), http::Failure);
}

}  // namespace
}  // namespace thaw::gateway
