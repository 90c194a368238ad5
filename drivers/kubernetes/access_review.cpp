#include "drivers/kubernetes/access_review.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "drivers/kubernetes/json_fields.hpp"

namespace thaw::kubernetes {

std::string to_text(const Right& right) {
  std::string text = right.verb + " " + right.resource;
  if (!right.subresource.empty()) text += "/" + right.subresource;
  if (!right.group.empty()) text += " (" + right.group + ")";
  if (!right.name.empty()) text += " " + right.name;
  return text + (right.namespace_name.empty() ? " in the whole cluster"
                                              : " in namespace " + right.namespace_name);
}

Awaitable<std::vector<Right>> missing_rights(Writer& writer, std::vector<Right> rights) {
  std::vector<Right> missing;
  for (const Right& right : rights) {
    Json attributes{{"verb", right.verb}, {"group", right.group}, {"resource", right.resource}};
    if (!right.subresource.empty()) attributes["subresource"] = right.subresource;
    if (!right.namespace_name.empty()) attributes["namespace"] = right.namespace_name;
    if (!right.name.empty()) attributes["name"] = right.name;
    const Json review{{"apiVersion", "authorization.k8s.io/v1"},
                      {"kind", "SelfSubjectAccessReview"},
                      {"spec", {{"resourceAttributes", std::move(attributes)}}}};
    const Json answer =
        co_await writer.create("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", review,
                               10s, Repeat::absolute);  // it changes nothing
    if (!flag_at(answer, {"status", "allowed"})) missing.push_back(right);
  }
  co_return missing;
}

std::string describe_missing(const std::vector<Right>& missing) {
  if (missing.empty()) return "";
  std::string text = "this identity may not:\n";
  for (const Right& right : missing) text += "  " + to_text(right) + "\n";
  return text + "apply deploy/rbac.yaml";
}

}  // namespace thaw::kubernetes
