// Requests and answers drawn from the grammar of HTTP/1.1, and then bent.
//
// Everything comes from the Random that is passed: the same seed gives the same bytes. Each request
// has a tag of its own in its target, so that it is known again wherever it comes out.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "engine/random.hpp"

namespace thaw::rigs {

// Requests one behind the other, as one connection sends them; most bent in a place or two. Their
// tags are `prefix` and a number.
std::string drawn_requests(Random& random, const std::string& prefix);

// An answer to a request with that method and tag, often bent, and whether the connection ends
// after it. An answer that is there to the end bears the tag as X-Tag.
std::pair<std::string, bool> drawn_answer(Random& random, std::string_view method,
                                          std::string_view tag);

// The first tag in a text: 'b' digits 'c' digits 'r' digits. Empty: there is none.
std::string tag_in(std::string_view text);

}  // namespace thaw::rigs
