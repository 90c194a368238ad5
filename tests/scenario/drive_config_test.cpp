#include "engine/scenario/drive_config.hpp"

#include <gtest/gtest.h>

namespace thaw {
namespace drive_config_test {

const std::string kHead = "apiVersion: thaw/v1\nkind: Drive\n";

std::vector<std::string> problems_of(const std::string& text) {
  try {
    parse_drive_config(text, "drive.yaml");
  } catch (const InputError& error) {
    std::vector<std::string> all;
    for (const Diagnostic& one : error.problems()) all.push_back(to_text(one));
    return all;
  }
  return {};
}

TEST(DriveConfig, NeedsNamespacesAndHasADefaultForAllElse) {
  const DriveConfig config = parse_drive_config(kHead + "namespaces: [a, b]\n", "drive.yaml");
  EXPECT_EQ(config.namespaces, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(config.listen, "127.0.0.1:8080");
  EXPECT_EQ(config.lease.duration, 15s);
  EXPECT_EQ(config.lease.renew, 10s);
  EXPECT_EQ(config.lease.retry, 2s);
  EXPECT_EQ(config.state.every, 5s);
  EXPECT_FALSE(config.spending);
  EXPECT_EQ(problems_of(kHead),
            std::vector<std::string>{"drive.yaml:1:1: the key namespaces is missing"});
}

TEST(DriveConfig, ReadsWhatItSays) {
  const DriveConfig config = parse_drive_config(kHead + R"(namespaces: [models]
context: kapsule
spending: {most: 20 EUR, per: 12h, prices: [{type: my-gpu, price: 0.75 EUR/h}]}
versions: {slimfaas: "0.24"}
functions:
  - {name: ollama, namespace: models, policy: "fixed:replicas=2", most: 3}
  - {name: db, namespace: models, statefulSet: db-main}
)",
                                                "drive.yaml");
  EXPECT_EQ(config.context, "kapsule");
  ASSERT_TRUE(config.spending);
  EXPECT_EQ(config.spending->most, 20'000'000'000);
  EXPECT_EQ(config.spending->per, 12h);
  EXPECT_EQ(config.spending->per_hour.at("my-gpu"), 750'000'000);
  ASSERT_EQ(config.functions.size(), 2u);
  EXPECT_EQ(config.functions[0].workload, "ollama");
  EXPECT_EQ(config.functions[0].most, 3);
  EXPECT_TRUE(config.functions[1].stateful);
  EXPECT_EQ(config.functions[1].workload, "db-main");
  EXPECT_FALSE(config.functions[1].most);
}

TEST(DriveConfig, TellsAllThatIsWrongWithItsPlace) {
  const auto problems = problems_of(kHead + R"(namespaces: [a]
listn: 0.0.0.0:80
lease: {duration: 15, renew: 20s}
functions:
  - {name: f, namespace: b}
  - {name: f, most: -1}
spending: {most: 20 EUR, prices: [{type: x, price: 1 USD/h}]}
)");
  const auto has = [&](const std::string& part) {
    for (const std::string& one : problems)
      if (one.find(part) != std::string::npos) return true;
    return false;
  };
  EXPECT_TRUE(has("drive.yaml:4:1: ")) << "listn";
  EXPECT_TRUE(has("did you mean listen?"));
  EXPECT_TRUE(has("drive.yaml:5:19: lease.duration: "));
  EXPECT_TRUE(has("another item of this list has the same name"));
  EXPECT_TRUE(has("functions.f.most"));
  EXPECT_TRUE(has("spending.prices: expected prices in EUR"));
}

TEST(DriveConfig, AFunctionIsInOneOfTheNamespaces) {
  EXPECT_EQ(problems_of(kHead + "namespaces: [a]\nfunctions: [{name: f, namespace: b}]\n"),
            std::vector<std::string>{
                "drive.yaml:4:13: functions.f.namespace: \"b\" is not among the namespaces"});
}

TEST(DriveConfig, ALeaseLastsLongerThanItsRenewalAndThatThanItsRetry) {
  EXPECT_EQ(problems_of(kHead + "namespaces: [a]\nlease: {duration: 10s, renew: 10s}\n"),
            std::vector<std::string>{
                "drive.yaml:4:31: lease.renew: expected less than the duration, 10s"});
  EXPECT_EQ(problems_of(kHead + "namespaces: [a]\nlease: {retry: 9s}\n"),
            std::vector<std::string>{
                "drive.yaml:4:16: lease.retry: expected 1.2 of it to be less than renew, 10s"});
}

TEST(DriveConfig, IsOneDocumentThatCanBeRead) {
  EXPECT_EQ(problems_of("").size(), 1u);
  EXPECT_EQ(problems_of(kHead + "namespaces: [a]\n---\n" + kHead).size(), 1u);
  EXPECT_THROW(load_drive_config("/nowhere/drive.yaml"), InputError);
}

TEST(DriveConfig, AGatewayHasADefaultForAll) {
  EXPECT_FALSE(parse_drive_config(kHead + "namespaces: [a]\n", "drive.yaml").gateway);
  const auto gateway = parse_drive_config(kHead + "namespaces: [a]\ngateway: {}\n", "x").gateway;
  ASSERT_TRUE(gateway);
  EXPECT_EQ(gateway->listen, "127.0.0.1:5000");
  EXPECT_EQ(gateway->timeout, 1200s);
  EXPECT_EQ(gateway->per_replica, 0);
  EXPECT_EQ(gateway->queue, 10'000);
  EXPECT_EQ(gateway->name, "thaw-gateways");
  EXPECT_FALSE(gateway->async);
}

TEST(DriveConfig, ReadsHowFunctionsAreCalled) {
  const DriveConfig config = parse_drive_config(kHead + R"(namespaces: [default]
gateway: {listen: "0.0.0.0:5000", certificate: c.pem, key: k.pem, timeout: 5min, queue: 10, perReplica: 4,
          connections: 100, body: 1GiB, drain: 5min, configMap: told,
          async: {path: /var/lib/thaw/async.db, body: 2MiB, remembered: 10min, callbackHosts: [a.example]}}
functions:
  - {name: f, timeout: 30s, perReplica: 1, queue: 0, private: true, service: svc, port: 8080}
  - {name: g, port: api}
)",
                                                "drive.yaml");
  ASSERT_TRUE(config.gateway && config.gateway->async);
  EXPECT_EQ(config.gateway->body.count, std::int64_t{1} << 30);
  EXPECT_EQ(config.gateway->drain, 5min);
  EXPECT_EQ(config.gateway->async->path, "/var/lib/thaw/async.db");
  EXPECT_EQ(config.gateway->async->remembered, 10min);
  EXPECT_EQ(config.gateway->async->callback_hosts, std::vector<std::string>{"a.example"});
  const DriveConfig::Function& f = config.functions.at(0);
  EXPECT_EQ(f.timeout, 30s);
  EXPECT_EQ(f.per_replica, 1);
  EXPECT_EQ(f.queue, 0);
  EXPECT_EQ(f.hidden, true);
  EXPECT_EQ(f.service, "svc");
  EXPECT_EQ(f.port, "8080");
  EXPECT_FALSE(config.functions.at(1).timeout);
}

TEST(DriveConfig, TellsWhatIsWrongWithAGateway) {
  const auto problems = problems_of(kHead + R"(namespaces: [default]
gateway: {certificate: c.pem, qeue: 3, async: {}}
)");
  ASSERT_EQ(problems.size(), 3u);
  std::string all;
  for (const std::string& one : problems) all += one + "\n";
  EXPECT_NE(all.find("did you mean queue?"), std::string::npos) << all;
  EXPECT_NE(all.find("path"), std::string::npos) << all;
  EXPECT_NE(all.find("certificate"), std::string::npos) << all;
  EXPECT_EQ(problems_of(kHead + "namespaces: [default]\nfunctions: [{name: f, timeout: 3s}]\n"),
            std::vector<std::string>{"drive.yaml:4:13: functions.f: says how it is called, and "
                                     "there is no gateway: section"});
}

}  // namespace drive_config_test
}  // namespace thaw
