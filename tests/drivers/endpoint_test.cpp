#include "drivers/http/endpoint.hpp"

#include <gtest/gtest.h>

#include <map>

#include "drivers/http/base64.hpp"
#include "drivers/http/message.hpp"

namespace thaw::http {
namespace {

std::string problem_of(std::string_view url) {
  const auto parsed = parse_url(url);
  const auto* const problem = std::get_if<std::string>(&parsed);
  return problem ? *problem : "";
}

TEST(Url, NamesHostPortAndPrefix) {
  const Endpoint plain = std::get<Endpoint>(parse_url("http://localhost:8001"));
  EXPECT_FALSE(plain.tls);
  EXPECT_EQ(plain.authority(), "localhost:8001");
  const Endpoint v6 = std::get<Endpoint>(parse_url("https://[fd00::1]/k8s/clusters/c-1/"));
  EXPECT_TRUE(v6.tls);
  EXPECT_EQ(v6.host, "fd00::1");
  EXPECT_EQ(v6.port, 443);
  EXPECT_EQ(v6.authority(), "[fd00::1]");
  EXPECT_EQ(v6.base_path, "/k8s/clusters/c-1");
}

TEST(Url, OfAnotherFormIsRefusedInWords) {
  EXPECT_NE(problem_of("127.0.0.1:6443"), "");
  EXPECT_NE(problem_of("ftp://host"), "");
  EXPECT_NE(problem_of("https://"), "");
  EXPECT_NE(problem_of("https://host:0"), "");
  EXPECT_NE(problem_of("https://host:65536"), "");
  EXPECT_NE(problem_of("https://[::1"), "");
  EXPECT_NE(problem_of("https://host/?a=b"), "");
  const std::string user = problem_of("https://me:hidden@host");
  EXPECT_NE(user, "");
  EXPECT_EQ(user.find("hidden"), std::string::npos);
}

TEST(ProxyUrl, MayCarryCredentials) {
  const Proxy proxy = std::get<Proxy>(parse_proxy_url("http://user:p%40ss@proxy:3128"));
  EXPECT_EQ(proxy.host, "proxy");
  EXPECT_EQ(proxy.port, 3128);
  EXPECT_EQ(proxy.authorization, "Basic dXNlcjpwQHNz");  // printf 'user:p@ss' | base64
  EXPECT_EQ(std::get<Proxy>(parse_proxy_url("proxy")).port, 80);
  EXPECT_TRUE(std::holds_alternative<std::string>(parse_proxy_url("socks5://proxy:1080")));
}

bool proxied(const std::string& url, std::map<std::string, std::string> environment) {
  const Endpoint to = std::get<Endpoint>(parse_url(url));
  const auto proxy = proxy_for(to, [&](const char* name) -> std::optional<std::string> {
    const auto found = environment.find(name);
    if (found == environment.end()) return std::nullopt;
    return found->second;
  });
  return std::get<std::optional<Proxy>>(proxy).has_value();
}

// The cases are those of golang.org/x/net/http/httpproxy's documentation.
TEST(Proxies, FollowTheEnvironment) {
  EXPECT_FALSE(proxied("https://api.example", {}));
  EXPECT_TRUE(proxied("https://api.example", {{"HTTPS_PROXY", "http://p:1"}}));
  EXPECT_TRUE(proxied("https://api.example", {{"https_proxy", "p:1"}}));
  EXPECT_FALSE(proxied("https://api.example", {{"HTTP_PROXY", "http://p:1"}}));
  EXPECT_FALSE(proxied("https://localhost", {{"HTTPS_PROXY", "http://p:1"}}));
  EXPECT_FALSE(proxied("https://127.0.0.9:6443", {{"HTTPS_PROXY", "http://p:1"}}));
  EXPECT_FALSE(proxied("https://[::1]:6443", {{"HTTPS_PROXY", "http://p:1"}}));
  const auto without = [](const std::string& url, const std::string& list) {
    return proxied(url, {{"HTTPS_PROXY", "http://p:1"}, {"NO_PROXY", list}});
  };
  EXPECT_FALSE(without("https://api.example", "*"));
  EXPECT_FALSE(without("https://api.example", "a, example"));
  EXPECT_FALSE(without("https://api.example", ".example"));
  EXPECT_TRUE(without("https://example", ".example"));
  EXPECT_TRUE(without("https://badexample", "example"));
  EXPECT_FALSE(without("https://api.example:6443", "api.example:6443"));
  EXPECT_TRUE(without("https://api.example:6443", "api.example:443"));
  EXPECT_FALSE(without("https://10.1.2.3", "10.0.0.0/8"));
  EXPECT_TRUE(without("https://11.1.2.3", "10.0.0.0/8"));
  EXPECT_FALSE(without("https://10.7.255.255", "10.0.0.0/13"));
  EXPECT_TRUE(without("https://10.8.0.0", "10.0.0.0/13"));
  EXPECT_FALSE(without("https://[fd00::5]", "fd00::/8"));
  EXPECT_FALSE(without("https://[fd00::5]:6443", "[fd00::5]:6443"));
  EXPECT_TRUE(without("https://10.1.2.3", "10.1.2.4"));
}

// RFC 4648, section 10.
TEST(Base64, ReadsItsOwnAndTheStandardsVectors) {
  const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : vectors) {
    EXPECT_EQ(to_base64(bytes), text);
    EXPECT_EQ(from_base64(text), bytes);
  }
  EXPECT_EQ(from_base64("Zm9v\nYmFy\n"), "foobar");
  for (const char* const wrong : {"Z", "Zg=", "Zg", "Zm9v=", "Z=g=", "Zm 9*", "===="}) {
    EXPECT_EQ(from_base64(wrong), std::nullopt) << wrong;
  }
}

TEST(PercentEncoding, LeavesOnlyWhatIsUnreserved) {
  EXPECT_EQ(percent_encoded("a-b._~Z9"), "a-b._~Z9");
  EXPECT_EQ(percent_encoded("app=ollama,tier in (a b)/ü"),
            "app%3Dollama%2Ctier%20in%20%28a%20b%29%2F%C3%BC");
}

}  // namespace
}  // namespace thaw::http
