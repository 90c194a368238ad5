#include <gtest/gtest.h>

#include "tests/lint/clusters.hpp"

namespace thaw::lint {
namespace kapsule_taint_key_test {

using Texts = std::vector<std::string>;

std::string toleration(const std::string& key) {
  return "      tolerations: [{key: " + key +
         ", operator: Equal, value: gpu, effect: NoSchedule}]\n";
}

OneFunction tainted(const std::string& key) {
  OneFunction one;
  one.pool += ", taints: [\"k8s.scaleway.com/node=gpu:NoSchedule\"]";
  one.pod = toleration(key);
  return one;
}

TEST(KapsuleTaintKey, ATolerationWithoutThePrefix) {
  EXPECT_EQ(places(linted(files_of(tainted("k8s.scaleway.com/node")))), Texts{});
  EXPECT_EQ(places(linted(files_of(tainted("node")))), Texts{"TH308 m.yaml:10:7"});
  EXPECT_EQ(places(linted(files_of(tainted("other"))), "TH308"), Texts{}) << "TH302's";
}

const std::string kTag = "A Kapsule pool (tag: `taint=node=gpu:NoSchedule`).\n";

TEST(KapsuleTaintKey, ATagInATextIsWorthKnowing) {
  const Result result = linted({{"a.md", kTag}});
  EXPECT_EQ(places(result), Texts{"TH308 a.md:1:23"});
  EXPECT_EQ(result.count(Severity::info), 1U);
}

TEST(KapsuleTaintKey, WithATolerationItIsRightOrWrong) {
  const auto text = [](const std::string& key) {
    OneFunction one;
    one.pod = toleration(key);
    return NamedTexts{{"a.md", kTag}, {"m.yaml", files_of(one)[1].second}};
  };
  EXPECT_EQ(places(linted(text("k8s.scaleway.com/node"))), Texts{});
  const Result result = linted(text("node"));
  EXPECT_EQ(places(result), Texts{"TH308 a.md:1:23"});
  EXPECT_EQ(result.count(Severity::error), 1U);
}

TEST(KapsuleTaintKey, NoprefixKeepsTheKey) {
  EXPECT_EQ(places(linted({{"a.md", "Kapsule: taint=noprefix=node=gpu:NoSchedule\n"}})), Texts{});
}

}  // namespace kapsule_taint_key_test
}  // namespace thaw::lint
