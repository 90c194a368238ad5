// Text as XML 1.0 takes it, in an attribute as well as between tags.
#pragma once

#include <string>
#include <string_view>

namespace thaw::app {

// Markup becomes entities; so do tabs and ends of lines, which an attribute would lose. What XML
// has no way to write, control characters and bytes that are no UTF-8, becomes U+FFFD.
std::string xml_escaped(std::string_view text);

}  // namespace thaw::app
