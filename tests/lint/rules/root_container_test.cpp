#include <gtest/gtest.h>

#include "tests/lint/linted.hpp"

namespace thaw::lint {
namespace root_container_test {

using Texts = std::vector<std::string>;

std::string pod(const std::string& of_pod, const std::string& of_container) {
  return "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  securityContext: {" + of_pod +
         "}\n  containers:\n  - name: c\n    image: c:1\n    securityContext: {" + of_container +
         "}\n";
}

Texts found(const std::string& of_pod, const std::string& of_container) {
  return places(linted({{"a.yaml", pod(of_pod, of_container)}}), "TH501");
}

TEST(RootContainer, NothingSaidIsWorthKnowing) {
  EXPECT_EQ(found("", ""), Texts{"TH501 a.yaml:1:1"});
  EXPECT_EQ(linted({{"a.yaml", pod("", "")}}).count(Severity::info), 1U);
}

TEST(RootContainer, PodOrContainerMaySayIt) {
  EXPECT_EQ(found("runAsNonRoot: true", ""), Texts{});
  EXPECT_EQ(found("", "runAsUser: 1000"), Texts{});
}

TEST(RootContainer, TheContainersWordGoesFirst) {
  EXPECT_EQ(found("runAsUser: 1000", "runAsUser: 0").size(), 1U);
  EXPECT_EQ(found("runAsUser: 0", "runAsUser: 1"), Texts{});
}

}  // namespace root_container_test
}  // namespace thaw::lint
