#include "policies/highest_of/children_names.hpp"

#include <algorithm>

namespace thaw {

std::vector<ChildName> children_names(std::string_view of) {
  std::vector<ChildName> names;
  for (;;) {
    const auto plus = of.find('+');
    std::string_view part = of.substr(0, plus);
    while (part.starts_with(' ')) part.remove_prefix(1);
    while (part.ends_with(' ')) part.remove_suffix(1);
    const auto before = std::count_if(names.begin(), names.end(),
                                      [&](const ChildName& known) { return known.kind == part; });
    const std::string kind(part);
    names.push_back({kind, before == 0 ? kind : kind + std::to_string(before + 1)});
    if (plus == std::string_view::npos) return names;
    of.remove_prefix(plus + 1);
  }
}

Spec spec_of_child(const Spec& whole, const std::string& name) {
  Spec spec;
  spec.function = whole.function;
  spec.name = whole.name;
  spec.peers = whole.peers;
  spec.versions = whole.versions;
  const std::string prefix = name + ".";
  for (const auto& [key, entry] : whole.params.entries()) {
    if (key.starts_with(prefix)) {
      spec.params.set(key.substr(prefix.size()), entry.value, entry.place);
    }
  }
  return spec;
}

}  // namespace thaw
