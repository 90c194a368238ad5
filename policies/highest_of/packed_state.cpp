#include "policies/highest_of/packed_state.hpp"

#include <limits>

namespace thaw {
namespace {

constexpr std::size_t kLetters = 8;

std::int64_t number_of(std::string_view letters) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < letters.size(); ++i) {
    number |= std::uint64_t{static_cast<unsigned char>(letters[i])} << (8 * i);
  }
  return static_cast<std::int64_t>(number);
}

void add_letters(std::int64_t number, std::string& text) {
  for (auto rest = static_cast<std::uint64_t>(number); rest != 0; rest >>= 8) {
    text += static_cast<char>(rest & 0xFF);
  }
}

}  // namespace

void pack(const SavedState& inner, const std::string& prefix, StateWriter& out) {
  out.field(prefix + "version", inner.version);
  std::size_t index = 0;
  for (const auto& [name, value] : inner.fields) {
    const std::string field = prefix + std::to_string(index++);
    for (std::size_t at = 0; at < name.size(); at += kLetters) {
      out.field(field + ".name." + std::to_string(at / kLetters),
                number_of(std::string_view(name).substr(at, kLetters)));
    }
    out.field(field + ".value", value);
  }
}

std::optional<SavedState> unpack(const std::string& prefix, const StateReader& in) {
  const auto version = in.field(prefix + "version");
  if (!version || *version < 0 || *version > std::numeric_limits<int>::max()) return std::nullopt;
  SavedState inner;
  inner.version = static_cast<int>(*version);
  for (std::size_t index = 0;; ++index) {
    const std::string field = prefix + std::to_string(index);
    const auto value = in.field(field + ".value");
    if (!value) return inner;
    std::string name;
    for (std::size_t part = 0;; ++part) {
      const auto letters = in.field(field + ".name." + std::to_string(part));
      if (!letters) break;
      add_letters(*letters, name);
    }
    inner.fields[name] = *value;
  }
}

}  // namespace thaw
