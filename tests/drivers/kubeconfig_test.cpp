#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "drivers/http/base64.hpp"
#include "drivers/kubernetes/reach.hpp"
#include "engine/random.hpp"

namespace thaw::kubernetes {
namespace {

namespace files = std::filesystem;

constexpr const char* kWhole = R"(apiVersion: v1
kind: Config
preferences: {}
current-context: one
clusters:
- name: c1
  cluster:
    server: https://10.0.0.1:6443
    certificate-authority-data: Y2EtcGVt
    tls-server-name: kubernetes
- name: c2
  cluster: {server: "https://[fd00::1]:6443/prefix", proxy-url: "http://p:3128", certificate-authority: ca.crt}
users:
- name: u1
  user: {client-certificate-data: Y2VydA==, client-key-data: a2V5}
- name: u2
  user: {token: s3cr3t-token}
- name: u3
  user: {tokenFile: secrets/token, as: someone, as-groups: [a, b]}
- name: gke
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1beta1
      command: gke-gcloud-auth-plugin
      args: [--use_application_default_credentials]
      env: [{name: A, value: b}]
      installHint: install it
      provideClusterInfo: true
contexts:
- {name: one, context: {cluster: c1, user: u1, namespace: ns}}
- {name: two, context: {cluster: c2, user: u2}}
- {name: three, context: {cluster: c1, user: u3}}
- {name: four, context: {cluster: c2, user: gke}}
)";

class KubeconfigTest : public ::testing::Test {
 protected:
  KubeconfigTest() { files::create_directories(folder_); }
  ~KubeconfigTest() override { files::remove_all(folder_); }

  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name) << text;
    return (folder_ / name).string();
  }
  AccessOptions options(const std::string& context = "") const {
    AccessOptions options;
    options.kubeconfig = path_;
    options.context = context;
    options.environment = [this](const char* name) -> std::optional<std::string> {
      const auto found = environment_.find(name);
      if (found == environment_.end()) return std::nullopt;
      return found->second;
    };
    options.service_account = folder_.string();
    return options;
  }
  Access load(const std::string& context = "") {
    problems_ = Diagnostics();
    return load_access(options(context), problems_);
  }
  std::string problems() const {
    try {
      problems_.throw_if_any();
    } catch (const InputError& error) {
      std::string text;
      for (const Diagnostic& problem : error.problems()) text += to_text(problem) + "\n";
      return text;
    }
    return "";
  }

  const files::path folder_ =
      files::temp_directory_path() / ("thaw-kubeconfig-" + std::to_string(::getpid()));
  std::string path_;
  std::map<std::string, std::string> environment_;
  Diagnostics problems_;
};

TEST_F(KubeconfigTest, TheCurrentContextSaysWhereAndWho) {
  path_ = write("config", kWhole);
  const Access access = load();
  EXPECT_EQ(problems(), "");
  EXPECT_TRUE(problems_.notices().empty());
  EXPECT_EQ(access.context, "one");
  EXPECT_EQ(access.server, "https://10.0.0.1:6443");
  EXPECT_EQ(access.namespace_name, "ns");
  EXPECT_EQ(access.endpoint.host, "10.0.0.1");
  EXPECT_EQ(access.endpoint.tls->ca, "ca-pem");
  EXPECT_EQ(access.endpoint.tls->server_name, "kubernetes");
  EXPECT_EQ(access.endpoint.tls->certificate, "cert");
  EXPECT_EQ(access.endpoint.tls->key, "key");
  EXPECT_TRUE(std::holds_alternative<std::monostate>(access.credentials));
}

TEST_F(KubeconfigTest, AnotherContextIsNamed) {
  path_ = write("config", kWhole);
  write("ca.crt", "ca from a file");
  const Access two = load("two");
  EXPECT_EQ(problems(), "");
  EXPECT_EQ(two.endpoint.host, "fd00::1");
  EXPECT_EQ(two.endpoint.base_path, "/prefix");
  EXPECT_EQ(two.endpoint.proxy->host, "p");
  EXPECT_EQ(two.endpoint.tls->ca, "ca from a file");  // relative to the kubeconfig's folder
  EXPECT_EQ(two.namespace_name, "default");
  EXPECT_EQ(std::get<StaticToken>(two.credentials).token, "s3cr3t-token");
  const Access three = load("three");
  EXPECT_EQ(std::get<TokenFile>(three.credentials).path, (folder_ / "secrets/token").string());
  EXPECT_EQ(three.impersonation, (http::Headers{{"Impersonate-User", "someone"},
                                                {"Impersonate-Group", "a"},
                                                {"Impersonate-Group", "b"}}));
  const Access four = load("four");
  const ExecPlugin plugin = std::get<ExecPlugin>(four.credentials);
  EXPECT_EQ(plugin.command, "gke-gcloud-auth-plugin");
  EXPECT_EQ(plugin.args, std::vector<std::string>{"--use_application_default_credentials"});
  EXPECT_EQ(
      plugin.cluster,
      R"({"certificate-authority-data":")" + http::to_base64("ca from a file") +
          R"(","config":null,"proxy-url":"http://p:3128","server":"https://[fd00::1]:6443/prefix"})");
}

TEST_F(KubeconfigTest, AClusterIsReachedByWhoeverIsNamed) {
  path_ = write("config", kWhole);
  write("ca.crt", "ca from a file");
  const Access two = reach(options("two"), "someone");
  EXPECT_EQ(two.user_agent, "thaw/someone");
  EXPECT_EQ(title_of(two), "context two, server https://[fd00::1]:6443/prefix");
  EXPECT_EQ(std::get<StaticToken>(two.credentials).token, "s3cr3t-token");
  EXPECT_THROW(reach(options("none"), "someone"), InputError);
}

TEST_F(KubeconfigTest, SeveralFilesAreMergedAndTheFirstWins) {
  const std::string first =
      write("first", R"(clusters: [{name: c1, cluster: {server: "https://first"}}]
contexts: [{name: mixed, context: {cluster: c1, user: u2}}]
current-context: mixed
)");
  environment_["KUBECONFIG"] =
      first + ":" + (folder_ / "missing").string() + "::" + write("second", kWhole);
  const Access access = load();
  EXPECT_EQ(problems(), "");
  EXPECT_EQ(access.context, "mixed");
  EXPECT_EQ(access.endpoint.host, "first");
  EXPECT_EQ(std::get<StaticToken>(access.credentials).token, "s3cr3t-token");
}

TEST_F(KubeconfigTest, APodHasItsServiceAccount) {
  environment_ = {{"KUBERNETES_SERVICE_HOST", "fd00::10"}, {"KUBERNETES_SERVICE_PORT", "443"}};
  write("ca.crt", "pem");
  write("token", "t");
  write("namespace", "serving\n");
  const Access access = load();
  EXPECT_EQ(problems(), "");
  EXPECT_EQ(access.context, "in-cluster");
  EXPECT_EQ(access.server, "https://[fd00::10]:443");
  EXPECT_EQ(access.namespace_name, "serving");
  EXPECT_EQ(access.endpoint.tls->ca, "pem");
  EXPECT_EQ(std::get<TokenFile>(access.credentials).path, (folder_ / "token").string());
}

TEST_F(KubeconfigTest, NothingAtAllSaysWhatWasLookedFor) {
  load();
  EXPECT_NE(problems().find("KUBECONFIG"), std::string::npos);
  path_ = (folder_ / "missing").string();
  load();
  EXPECT_NE(problems().find("missing"), std::string::npos);
}

TEST_F(KubeconfigTest, WhatIsWrongIsToldWithItsPlaceAndWithoutItsValue) {
  path_ = write("config", R"(clusters:
- name: c
  cluster: {server: "10.0.0.1:6443", insecure-skip-tls-verify: yes}
users:
- name: u
  user:
    token: [s3cr3t]
    client-key-data: s3cr3t
    auth-provider: {name: gcp}
- {name: u}
- name: v
  user: {exec: {apiVersion: client.authentication.k8s.io/v2, interactiveMode: Always}}
contexts:
- {name: c, context: {user: u, colour: red}}
current-context: c
)");
  load();
  const std::string text = problems();
  const std::string at = path_ + ":";
  EXPECT_NE(text.find(at + "3:64: clusters.c.insecure-skip-tls-verify"), std::string::npos) << text;
  EXPECT_NE(text.find(at + "7:12: users.u.token"), std::string::npos) << text;
  EXPECT_NE(text.find(at + "9:20: users.u.auth-provider"), std::string::npos) << text;
  EXPECT_NE(text.find(at + "10:10: users.name"), std::string::npos) << text;
  EXPECT_NE(text.find(at + "12:29: users.v.exec.apiVersion"), std::string::npos) << text;
  EXPECT_NE(text.find(at + "12:16: users.v.exec.command"), std::string::npos) << text;
  EXPECT_NE(text.find(at + "12:79: users.v.exec.interactiveMode"), std::string::npos) << text;
  EXPECT_NE(text.find(at + "14:22: contexts.c.cluster"), std::string::npos) << text;
  EXPECT_EQ(text.find("s3cr3t"), std::string::npos) << text;
  ASSERT_EQ(problems_.notices().size(), 1u);
  EXPECT_NE(problems_.notices()[0].find("contexts.c.colour"), std::string::npos);
}

TEST_F(KubeconfigTest, AMissingEntryNamesTheNearest) {
  path_ = write("config", kWhole);
  load("threee");
  EXPECT_NE(problems().find("the nearest is \"three\""), std::string::npos) << problems();
}

TEST_F(KubeconfigTest, BadMaterialIsToldWhereItStands) {
  path_ = write(
      "config",
      R"(clusters: [{name: c, cluster: {server: "https://h", certificate-authority-data: "*s3cr3t*"}}]
users: [{name: u, user: {client-certificate-data: Y2VydA==}}]
contexts: [{name: c, context: {cluster: c, user: u}}]
current-context: c
)");
  load();
  EXPECT_NE(problems().find(":1:81: clusters.c.certificate-authority-data: expected base64"),
            std::string::npos)
      << problems();
  EXPECT_NE(problems().find("users.u: expected both"), std::string::npos) << problems();
  EXPECT_EQ(problems().find("s3cr3t"), std::string::npos);
}

// Any bytes are read to an end: no crash, and what is refused is refused with a place.
TEST_F(KubeconfigTest, SurvivesWhatWasMangled) {
  Random random(7, "kubeconfig");
  int refused = 0;
  for (int round = 0; round < 300; ++round) {
    std::string text = kWhole;
    for (int i = 0; i < 4; ++i) {
      const std::size_t at = random.below(text.size());
      switch (random.below(3)) {
        case 0:
          text[at] = static_cast<char>(random.below(256));
          break;
        case 1:
          text.erase(at, random.below(20));
          break;
        default:
          text.insert(at, text.substr(random.below(text.size()), random.below(20)));
      }
    }
    path_ = write("config", text);
    load();
    if (problems_.ok()) continue;
    ++refused;
    EXPECT_NE(problems(), "");
    EXPECT_EQ(problems().find("s3cr3t-t"), std::string::npos) << problems();
  }
  EXPECT_GT(refused, 100);
}

}  // namespace
}  // namespace thaw::kubernetes
