#include "engine/lint/not_text.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <tuple>
#include <utility>

#include "engine/scenario/manifest_fields.hpp"

namespace thaw::lint {
namespace {

using yaml::Node;

struct Where {
  std::string_view key, of;
};
// Maps of text to text, whatever has them.
constexpr std::array<Where, 5> kMaps{{{"labels", "a label"},
                                      {"annotations", "an annotation"},
                                      {"matchLabels", "a label to match"},
                                      {"nodeSelector", "a node's label to match"},
                                      {"environment", "an environment variable"}}};
constexpr std::array<Where, 2> kLists{
    {{"args", "an item of args"}, {"command", "an item of command"}}};

// Kinds whose specs hold what somebody else gave them: a schema, a chart's values.
constexpr std::array<std::string_view, 5> kFree{"CustomResourceDefinition", "HelmRelease",
                                                "HelmChart", "Application", "Secret"};

class Finder {
 public:
  std::vector<NotText> found;

  void object(const Object& object) {
    if (std::ranges::find(kFree, object.kind) != kFree.end()) {
      if (const Node* const head = object.node->find("metadata")) walk(*head);
      return;
    }
    walk(*object.node);
    if (object.kind == "ConfigMap") entries(*object.node, {"data", "an entry of a ConfigMap"});
    const Node* const spec = object.node->find("spec");
    if (object.kind == "Service" && spec)
      entries(*spec, {"selector", "a label that a Service selects"});
  }

 private:
  void tell(const Node& value, std::string_view of) {
    if (value.kind == Node::Kind::scalar && !is_text(value))
      found.push_back({&value, std::string(of)});
  }

  void entries(const Node& parent, const Where& where) {
    const Node* const map = parent.find(where.key);
    if (!map) return;
    for (const auto& [key, value] : map->map) tell(value, where.of);
  }

  void items(const Node& parent, const Where& where) {
    const Node* const list = parent.find(where.key);
    if (!list) return;
    for (const Node& item : list->list) tell(item, where.of);
  }

  void environment(const Node& container) {
    const Node* const list = container.find("env");
    if (!list) return;
    for (const Node& item : list->list)
      if (const Node* const value = item.find("value")) tell(*value, "an environment variable");
  }

  // `key`, `operator` and a value or values: a toleration or a requirement of a selector.
  void requirement(const Node& map) {
    if (!map.find("key") || !map.find("operator")) return;
    items(map, {"values", "a label's value to match"});
    if (const Node* const value = map.find("value")) tell(*value, "a taint's value to tolerate");
  }

  void walk(const Node& node) {
    if (node.kind == Node::Kind::map) {
      for (const Where& where : kMaps) entries(node, where);
      if (node.find("image"))
        for (const Where& where : kLists) items(node, where);
      environment(node);
      requirement(node);
    }
    for (const auto& [key, value] : node.map) walk(value);
    for (const Node& item : node.list) walk(item);
  }
};

bool by_place(const NotText& a, const NotText& b) {
  const Place &p = a.value->place, &q = b.value->place;
  return std::tie(p.file, p.line, p.column) < std::tie(q.file, q.line, q.column);
}

}  // namespace

std::vector<NotText> not_text(const Subject& subject) {
  Finder finder;
  for (const Object& object : subject.objects) finder.object(object);
  std::ranges::stable_sort(finder.found, by_place);
  const auto same = [](const NotText& a, const NotText& b) { return a.value == b.value; };
  finder.found.erase(std::unique(finder.found.begin(), finder.found.end(), same),
                     finder.found.end());
  return std::move(finder.found);
}

}  // namespace thaw::lint
