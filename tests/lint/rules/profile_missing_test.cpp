#include <gtest/gtest.h>

#include "tests/lint/linted.hpp"

namespace thaw::lint {
namespace profile_missing_test {

using Texts = std::vector<std::string>;

const std::string kStack =
    "provider: {name: openfaas}\nfunctions:\n  f:\n    image: f\n"
    "    annotations: {com.openfaas.profile: kata}\n";

std::string profile(const std::string& name, const std::string& spec = "{}") {
  return "apiVersion: openfaas.com/v1\nkind: Profile\nmetadata: {name: " + name +
         ", namespace: openfaas}\nspec: " + spec + "\n";
}

TEST(ProfileMissing, AnotherThanThoseOfTheSet) {
  const Result result = linted({{"p.yaml", profile("gvisor")}, {"s.yaml", kStack}});
  EXPECT_EQ(places(result, "TH301"), Texts{"TH301 s.yaml:5:41"});
  EXPECT_NE(messages(result, "TH301").at(0).find("only gvisor"), std::string::npos);
  EXPECT_EQ(result.findings.back().related.at(0).place.file, "p.yaml");
}

TEST(ProfileMissing, TheOneThatIsNamedIsFine) {
  EXPECT_EQ(places(linted({{"p.yaml", profile("kata")}, {"s.yaml", kStack}}), "TH301"), Texts{});
}

TEST(ProfileMissing, WithoutAnyInTheSetItMayBeInTheCluster) {
  EXPECT_EQ(places(linted({{"s.yaml", kStack}}), "TH301"), Texts{});
}

TEST(ProfileMissing, AnotherNamespaceDoesNotCount) {
  std::string elsewhere = profile("kata");
  elsewhere.replace(elsewhere.find("namespace: openfaas"), 19, "namespace: default");
  EXPECT_EQ(places(linted({{"p.yaml", elsewhere}, {"s.yaml", kStack}}), "TH301").size(), 1U);
}

TEST(ProfileMissing, AnAnnotationThatATextShowsAloneCounts) {
  const std::string text =
      "```yaml\n" + profile("gvisor") + "```\n\n```yaml\ncom.openfaas.profile: kata\n```\n";
  EXPECT_EQ(places(linted({{"a.md", text}}), "TH301"), Texts{"TH301 a.md:9:23"});
}

TEST(ProfileMissing, RuntimeClassesAreJudgedWhereTheSetHasSome) {
  const std::string runtime =
      "apiVersion: node.k8s.io/v1\nkind: RuntimeClass\nmetadata: {name: kata-fc}\nhandler: kata\n";
  const std::string named = profile("kata", "{runtimeClassName: kata-qemu}");
  EXPECT_EQ(places(linted({{"p.yaml", named}}), "TH301"), Texts{});
  EXPECT_EQ(places(linted({{"p.yaml", named}, {"r.yaml", runtime}}), "TH301"),
            Texts{"TH301 p.yaml:4:26"});
  EXPECT_EQ(places(linted({{"p.yaml", profile("kata", "{runtimeClassName: kata-fc}")},
                           {"r.yaml", runtime}}),
                   "TH301"),
            Texts{});
}

}  // namespace profile_missing_test
}  // namespace thaw::lint
