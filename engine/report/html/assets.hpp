// What a page is made of, as it stands in the program's read-only data: nothing is touched before a
// page is written. Errors: none.
#pragma once

#include <span>
#include <string_view>

namespace thaw::html {

std::string_view page_template();                     // page.html
std::string_view licence();                           // of D3's modules
std::span<const std::string_view> drawing_library();  // D3's modules, each after those it needs
std::span<const std::string_view> scripts();          // ours, in the order of loading
std::span<const std::string_view> styles();           // ours

}  // namespace thaw::html
