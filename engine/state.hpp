// What a policy keeps over a restart: named integers under a version.
// An unknown version starts fresh with a notice (ScalingPolicy::restore returns false).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace thaw {

struct SavedState {
  int version = 0;
  std::map<std::string, std::int64_t> fields;
};

class StateWriter {
 public:
  explicit StateWriter(SavedState& out) : out_(out) {}
  void version(int v) { out_.version = v; }
  void field(std::string_view name, std::int64_t value) { out_.fields[std::string(name)] = value; }

 private:
  SavedState& out_;
};

class StateReader {
 public:
  explicit StateReader(const SavedState& in) : in_(in) {}
  int version() const { return in_.version; }
  const std::map<std::string, std::int64_t>& fields() const { return in_.fields; }
  std::optional<std::int64_t> field(std::string_view name) const {
    const auto found = in_.fields.find(std::string(name));
    if (found == in_.fields.end()) return std::nullopt;
    return found->second;
  }

 private:
  const SavedState& in_;
};

}  // namespace thaw
