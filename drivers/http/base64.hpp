// Base64 with the alphabet of RFC 4648, section 4, padded. Spaces and line ends between are skipped
// when it is read, as in a kubeconfig that was wrapped.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace thaw::http {

std::string to_base64(std::string_view bytes);
std::optional<std::string> from_base64(std::string_view text);  // nothing: it is not base64

}  // namespace thaw::http
