// Who asks: tokens, files that are read again, and programs that are run again.
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "drivers/kubernetes/exec_plugin.hpp"
#include "drivers/kubernetes/reader.hpp"
#include "tests/drivers/api_server.hpp"

namespace thaw::kubernetes {
namespace {

namespace files = std::filesystem;
using loopback::Visit;

class CredentialsTest : public loopback::ApiServerTest {
 protected:
  CredentialsTest() { files::create_directories(folder_); }
  ~CredentialsTest() override { files::remove_all(folder_); }

  void write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name) << text;
  }
  // A program that counts its runs in `runs`, then does what `script` says.
  ExecPlugin plugin(const std::string& script) const {
    write("plugin", "#!/bin/sh\ncd \"$(dirname \"$0\")\"\necho run >>runs\n" + script);
    files::permissions(folder_ / "plugin", files::perms::owner_all);
    ExecPlugin made;
    made.api_version = "client.authentication.k8s.io/v1";
    made.command = (folder_ / "plugin").string();
    return made;
  }
  static std::string printing(const std::string& status) {
    return "cat <<END\n{\"apiVersion\":\"client.authentication.k8s.io/v1\",\"kind\":"
           "\"ExecCredential\",\"status\":" +
           status + "}\nEND\n";
  }
  int runs() const {
    std::ifstream file(folder_ / "runs");
    int count = 0;
    for (std::string line; std::getline(file, line);) ++count;
    return count;
  }
  // Answers 200 to `good`, 401 to anything else; keeps what it saw.
  loopback::LoopbackServer::Handler gate(std::string good) {
    good_ = std::move(good);
    return [this](Visit& visit) -> Awaitable<void> {
      seen_ = std::string(
          visit.request.headers.empty()
              ? ""
              : http::find_header(visit.request.headers, "Authorization").value_or("nobody"));
      if (seen_ == good_) {
        co_await visit.answer(200, "{}");
      } else {
        co_await visit.answer(401, R"({"kind":"Status","message":"Unauthorized"})");
      }
    };
  }
  void get() {
    Reader reader(*transport_);
    run(reader.get_text("/api"));
  }
  ApiError refusal() {
    Reader reader(*transport_);
    return error_of(reader.get_text("/api"));
  }

  const files::path folder_ =
      files::temp_directory_path() / ("thaw-credentials-" + std::to_string(::getpid()));
  std::string good_, seen_;
};

TEST_F(CredentialsTest, ATokenIsABearerAndARefusedOneIsToldWithoutIt) {
  serve(gate("Bearer good"), StaticToken{"good"});
  get();
  serve(gate("Bearer good"), StaticToken{"s3cr3t"});
  const ApiError error = refusal();
  EXPECT_EQ(error.kind(), ApiError::Kind::unauthorized);
  EXPECT_EQ(std::string(error.what()).find("s3cr3t"), std::string::npos);
  EXPECT_EQ(server_->requests(), 1u);  // nothing to renew, so it is not asked again
}

TEST_F(CredentialsTest, UserAndPasswordAreBasic) {
  serve(gate("Basic dTpw"), BasicAuth{"u", "p"});
  get();
}

TEST_F(CredentialsTest, ATokenFileIsReadAgainWhenItsTokenIsRefused) {
  write("token", "old\n");
  serve(gate("Bearer old"), TokenFile{(folder_ / "token").string()});
  get();
  write("token", "new\n");
  get();  // within the minute the old one goes on
  EXPECT_EQ(server_->requests(), 2u);
  good_ = "Bearer new";
  get();
  EXPECT_EQ(seen_, "Bearer new");
  EXPECT_EQ(server_->requests(), 4u);  // refused once, then let in
  good_ = "Bearer none";
  EXPECT_EQ(refusal().kind(), ApiError::Kind::unauthorized);
  EXPECT_EQ(server_->requests(), 6u);  // once again, not for ever
}

TEST_F(CredentialsTest, ATokenFileThatIsMissingIsNamed) {
  serve(gate("Bearer x"), TokenFile{(folder_ / "token").string()});
  const ApiError error = refusal();
  EXPECT_EQ(error.kind(), ApiError::Kind::unauthorized);
  EXPECT_NE(std::string(error.what()).find("token file"), std::string::npos);
  EXPECT_EQ(server_->requests(), 0u);
}

TEST_F(CredentialsTest, AProgramIsRunOnceAndAgainAfterA401) {
  serve(gate("Bearer t1"), plugin("n=$(wc -l <runs)\n" + printing(R"({"token":"t$n"})")));
  get();
  get();
  EXPECT_EQ(runs(), 1);
  good_ = "Bearer t2";
  get();
  EXPECT_EQ(runs(), 2);
  EXPECT_EQ(seen_, "Bearer t2");
}

TEST_F(CredentialsTest, AProgramIsRunAgainWhenItsCredentialIsAboutToExpire) {
  // 11 s are one more than the leeway; a second and a bit later they are not.
  serve(gate("Bearer t"), plugin("when=$(date -u -d '+11 seconds' +%Y-%m-%dT%H:%M:%SZ)\n" +
                                 printing(R"({"token":"t","expirationTimestamp":"$when"})")));
  get();
  const auto expired = std::chrono::steady_clock::now() + 2s;
  loopback::run_until(
      io_, [&] { return std::chrono::steady_clock::now() >= expired; }, 2'100ms);
  get();
  EXPECT_EQ(runs(), 2);
}

TEST_F(CredentialsTest, AProgramIsToldOfTheClusterAndOfNothingElse) {
  ExecPlugin made = plugin(
      "printf %s \"$KUBERNETES_EXEC_INFO\" >info\nprintf %s \"$EXTRA $1\" >said\n"
      "ls /proc/self/fd | wc -l >open\n" +
      printing(R"({"token":"t"})"));
  made.args = {"argument"};
  made.env = {{"EXTRA", "value"}};
  made.cluster = R"({"server":"https://h"})";
  serve(gate("Bearer t"), made);
  get();
  const auto text = [&](const char* name) {
    std::ifstream file(folder_ / name);
    std::string line;
    std::getline(file, line);
    return line;
  };
  EXPECT_EQ(text("info"),
            R"({"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential",)"
            R"("spec":{"cluster":{"server":"https://h"},"interactive":false}})");
  EXPECT_EQ(text("said"), "value argument");
  EXPECT_LE(std::stoi(text("open")), 4);  // 0, 1, 2 and the folder that ls reads
}

TEST_F(CredentialsTest, AProgramThatFailsIsNamedAndWhatItPrintedIsNot) {
  const auto why = [&](const ExecPlugin& made) {
    serve(gate("Bearer t"), made);
    const ApiError error = refusal();
    EXPECT_EQ(error.kind(), ApiError::Kind::unauthorized);
    EXPECT_EQ(std::string(error.what()).find("s3cr3t"), std::string::npos) << error.what();
    EXPECT_EQ(server_->requests(), 0u);
    return std::string(error.what());
  };
  EXPECT_NE(why(plugin("echo s3cr3t; exit 3")).find("ended with 3"), std::string::npos);
  EXPECT_NE(why(plugin("echo s3cr3t")).find("no JSON"), std::string::npos);
  EXPECT_NE(why(plugin(printing(R"({"note":"s3cr3t"})"))).find("neither"), std::string::npos);
  ExecPlugin missing = plugin("");
  missing.command += "-missing";
  missing.install_hint = "install it like this";
  EXPECT_NE(why(missing).find("cannot be run"), std::string::npos);
  EXPECT_NE(why(missing).find("install it like this"), std::string::npos);
  ExecPlugin slow = plugin("sleep 60");
  slow.within = 200ms;
  EXPECT_NE(why(slow).find("took longer than 200ms"), std::string::npos);
  EXPECT_NE(why(plugin(printing(R"({"token":"t","expirationTimestamp":"2020-01-01T00:00:00Z"})")))
                .find("expires"),
            std::string::npos);
}

TEST_F(CredentialsTest, AProgramsClientCertificateMakesNewConnections) {
  const loopback::Identity first = authority_.issue("first"), second = authority_.issue("second");
  const auto as_json = [](std::string text) {
    for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += 2) {
      text.replace(at, 1, "\\n");
    }
    return text;
  };
  write("1", as_json(first.certificate) + "\",\"clientKeyData\":\"" + as_json(first.key));
  write("2", as_json(second.certificate) + "\",\"clientKeyData\":\"" + as_json(second.key));
  std::string name, wanted = "first";
  serve({}, std::monostate{});
  server_.emplace(
      io_,
      loopback::ServerTls{authority_.issue("server", {"IP:127.0.0.1"}), authority_.certificate()},
      [&](Visit& visit) -> Awaitable<void> {
        name = visit.client_name;
        co_await visit.answer(name == wanted ? 200 : 401, "{}");
      });
  Access access = transport_->access();
  access.endpoint.port = server_->port();
  access.credentials =
      plugin("file=$(cat $(wc -l <runs))\n" + printing(R"({"clientCertificateData":"$file"})"));
  transport_ = std::make_unique<Transport>(io_.get_executor(), access);
  get();
  EXPECT_EQ(name, "first");
  wanted = "second";
  get();
  EXPECT_EQ(name, "second");
  EXPECT_EQ(server_->connections(), 2);
}

TEST(ExecCredentialText, IsTakenOnlyInItsOwnForm) {
  constexpr const char* kVersion = "client.authentication.k8s.io/v1beta1";
  const auto with = [&](const std::string& status) {
    return R"({"apiVersion":"client.authentication.k8s.io/v1beta1","kind":"ExecCredential","status":)" +
           status + "}";
  };
  const ExecCredential whole = parse_exec_credential(
      with(R"({"token":"t","expirationTimestamp":"2026-01-05T00:00:00+00:00"})"), kVersion);
  EXPECT_EQ(whole.credential.authorization, "Bearer t");
  EXPECT_EQ(to_text(*whole.expires), "2026-01-05T00:00:00Z");
  EXPECT_FALSE(parse_exec_credential(with(R"({"token":"t"})"), kVersion).expires);
  for (const std::string& wrong :
       {with("{}"), with("null"), with(R"({"token":3})"), with(R"({"clientKeyData":"k"})"),
        with(R"({"token":"t","expirationTimestamp":"tomorrow"})"), std::string("[]"),
        std::string(
            R"({"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential"})")}) {
    EXPECT_THROW(parse_exec_credential(wrong, kVersion), CredentialError) << wrong;
  }
}

}  // namespace
}  // namespace thaw::kubernetes
