#include "app/precision.hpp"

#include <string>

#include "engine/scenario/units.hpp"

namespace thaw::app {

void add_precision(CLI::App& verb, std::optional<double>& share) {
  verb.add_option_function<std::string>(
          "--precision", [&share](const std::string& text) { share = units::ratio(text); },
          "SHARE, such as 2%: replications go on until half of each mean's interval is below that "
          "share of it; at least 10, at most --replications (then 1000 unless given)")
      ->check([](const std::string& text) -> std::string {
        const auto read = units::ratio(text);
        if (read && *read > 0 && *read < 1) return "";
        return "expected a share above 0 and below 1 such as 2%, found \"" + text + "\"";
      });
}

}  // namespace thaw::app
