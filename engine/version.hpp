// Versions of the systems a scenario stands for: behaviour that changed between releases is chosen by them.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace thaw {

struct Version {
  int major = 0, minor = 0, patch = 0;
  friend constexpr auto operator<=>(const Version&, const Version&) = default;
};

// "0.81", "1.23.4"; anything else is empty.
std::optional<Version> parse_version(std::string_view text);
std::string to_text(const Version& v);

struct Versions {
  Version slimfaas{0, 81, 0};
  Version knative{1, 23, 0};
  Version kubernetes{1, 37, 0};
};

}  // namespace thaw
