#include "engine/scenario/cursor.hpp"

#include <cstddef>

namespace thaw::scenario {

Cursor Cursor::child(const yaml::Node& node, std::string_view name) const {
  return {node, dotted(key_, name), reading_};
}

void Cursor::error(std::string message) const {
  reading_.problems.error(node_.place, key_, std::move(message));
}

void Cursor::error_at(const Place& place, std::string_view key, std::string message) const {
  reading_.problems.error(place, dotted(key_, key), std::move(message));
}

void Cursor::expected(std::string_view what) const {
  error("expected " + std::string(what) + ", found " + node_.describe());
}

void Cursor::refer(Reference::To to, std::string name) const {
  reading_.references.push_back({to, std::move(name), node_.place, key_});
}

std::string dotted(std::string_view parent, std::string_view name) {
  std::string key(parent);
  if (!parent.empty() && !name.empty()) key += '.';
  return key.append(name);
}

std::string suggestion(std::string_view found, const std::vector<std::string>& candidates) {
  // Whoever has thousands of names has generated them, and a comparison with each takes its time.
  constexpr std::size_t kMostCandidates = 1000;
  if (candidates.size() > kMostCandidates) return "";
  const std::string near = nearest(found, candidates);
  return near.empty() ? "" : "; did you mean " + near + "?";
}

std::string alternatives(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " or " : ", ";
    text += names[i];
  }
  return text;
}

}  // namespace thaw::scenario
