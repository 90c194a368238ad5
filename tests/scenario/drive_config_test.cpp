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

}  // namespace drive_config_test
}  // namespace thaw
