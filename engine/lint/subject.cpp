#include "engine/lint/subject.hpp"

#include <algorithm>

namespace thaw::lint {

const Versions& Subject::versions() const {
  static const Versions newest;
  return scenario ? scenario->versions : newest;
}

bool may_share_namespace(std::string_view a, std::string_view b) {
  return a.empty() || b.empty() || a == b;
}

bool same_place(const Place& a, const Place& b) {
  return a.line == b.line && a.column == b.column && a.file == b.file;
}

const yaml::Node* at(const yaml::Node& node, std::string_view path) {
  const yaml::Node* found = &node;
  while (found && !path.empty()) {
    const std::size_t dot = path.find('.');
    found = found->find(path.substr(0, dot));
    path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
  }
  return found;
}

std::string text_at(const yaml::Node& node, std::string_view path) {
  const yaml::Node* const found = at(node, path);
  return found ? found->scalar : "";
}

Place place_of_key(const yaml::Node& map, std::string_view key) {
  for (const auto& [name, value] : map.map)
    if (name.scalar == key) return name.place;
  return map.place;
}

const Object* object_at(const Subject& subject, const Place& place) {
  const auto found = std::ranges::find_if(
      subject.objects, [&](const Object& object) { return same_place(object.place, place); });
  return found == subject.objects.end() ? nullptr : &*found;
}

}  // namespace thaw::lint
