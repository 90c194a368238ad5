#include "engine/lint/rule.hpp"

#include <utility>

namespace thaw::lint {

void Report::add(Place place, std::string message, std::string mend, std::vector<Related> related) {
  add(rule_.severity, std::move(place), std::move(message), std::move(mend), std::move(related));
}

void Report::add(Severity severity, Place place, std::string message, std::string mend,
                 std::vector<Related> related) {
  findings_.push_back({std::string(rule_.code), severity, std::move(place), std::move(message),
                       std::move(mend), std::move(related)});
}

}  // namespace thaw::lint
