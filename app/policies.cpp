// thaw policies: what there is, with every setting.
#include <fmt/format.h>

#include "app/verbs.hpp"
#include "policies/all.hpp"

namespace thaw::app {

void add_policies(CLI::App& app, int& exit_code) {
  CLI::App* verb = app.add_subcommand("policies", "list the scaling policies and their settings");
  verb->callback([&exit_code] {
    for (const PolicyInfo& policy : all_policies()) {
      fmt::print("{}\n  {}\n  Source: {}\n", policy.name, policy.summary, policy.source);
      std::size_t width = 0;
      for (const ParamInfo& param : policy.params) width = std::max(width, param.key.size());
      for (const ParamInfo& param : policy.params)
        fmt::print("    {:<{}}  {} (default {})\n", param.key, width, param.meaning,
                   param.fallback.empty() ? "none" : param.fallback);
    }
    exit_code = kHeld;
  });
}

}  // namespace thaw::app
