// Versions of the systems a scenario stands for: behaviour that changed between releases is chosen
// by them. Errors: none; text that is no version reads as empty.
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

// "0.81", "1.23.4"; anything else is empty: one part, four parts, signs, "v1.2", leading zeros.
std::optional<Version> parse_version(std::string_view text);
// "0.81", or "1.23.4" when there is a patch: parse_version reads it back.
std::string to_text(const Version& v);

struct Versions {
  Version slimfaas{0, 81, 0};
  Version knative{1, 23, 0};
  Version kubernetes{1, 37, 0};
  Version openfaas{0, 27, 0};  // of its gateway: from 0.27 on the Community Edition of 2023
};

}  // namespace thaw
