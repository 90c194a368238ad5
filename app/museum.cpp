// thaw museum: known failures of autoscaling, shown again, and what mends each.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include "app/museum/exhibits.hpp"
#include "app/terminal.hpp"
#include "app/verbs.hpp"
#include "engine/report/table.hpp"

namespace thaw::app {
namespace {

struct MuseumArguments {
  std::string folder = "scenarios/museum";
  std::size_t jobs = std::max(1U, std::thread::hardware_concurrency());
};

std::string mark_of(const Showing& showing, bool colour) {
  if (!showing.ran) return "-";
  const Colour shade = showing.held() ? Colour::green : Colour::red;
  return painted(showing.held() ? "✓" : "✗", colour ? shade : Colour::none);
}

// A line each; below it why it does not show what it should.
std::string text_of(const std::vector<Exhibit>& exhibits, const std::vector<Showing>& showings,
                    bool colour) {
  using enum Table::Align;
  Table table({left, left, left, left});
  for (std::size_t i = 0; i < exhibits.size(); ++i) {
    const std::string name = painted(exhibits[i].name, colour ? Colour::bold : Colour::none);
    table.add({mark_of(showings[i], colour), name, exhibits[i].happened, exhibits[i].mended});
  }
  const std::string lines = table.text("");
  std::string text;
  std::size_t at = 0, held = 0;
  for (const Showing& showing : showings) {
    const std::size_t end = lines.find('\n', at) + 1;
    text += lines.substr(at, end - at);
    at = end;
    held += showing.held() ? 1 : 0;
    for (const std::string& problem : showing.problems) text += "      " + problem + "\n";
  }
  return text + fmt::format("{} of {} shown\n", held, exhibits.size());
}

int exit_code_of(const std::vector<Showing>& showings) {
  const auto any = [&](auto what) { return std::any_of(showings.begin(), showings.end(), what); };
  if (any([](const Showing& showing) { return !showing.ran; })) return kInterrupted;
  if (any([](const Showing& showing) { return showing.refused; })) return kBadInput;
  if (any([](const Showing& showing) { return showing.broke; })) return kOutside;
  return any([](const Showing& showing) { return !showing.held(); }) ? kFailed : kHeld;
}

int museum(const MuseumArguments& arguments) {
  const std::vector<Exhibit> exhibits = exhibits_in(arguments.folder);
  const std::vector<Showing> showings = show(exhibits, arguments.jobs, watch_for_interrupt());
  std::fputs(text_of(exhibits, showings, coloured()).c_str(), stdout);
  return exit_code_of(showings);
}

}  // namespace

void add_museum(CLI::App& app, int& exit_code) {
  static MuseumArguments arguments;
  CLI::App* verb =
      app.add_subcommand("museum",
                         "known failures of autoscaling, each run as it was and mended: what "
                         "happened, what mends it, and whether that still shows\n"
                         "Example: thaw museum\n"
                         "Example: thaw museum scenarios/museum/aks-time-slices");
  verb->add_option("FOLDER", arguments.folder, "with exhibits in it, or one of them")
      ->capture_default_str();
  verb->add_option("--jobs", arguments.jobs,
                   "runs at once (default: the processor's cores); no result depends on it")
      ->check(CLI::Range(1, 1'024));
  verb->callback([&exit_code] { exit_code = museum(arguments); });
}

}  // namespace thaw::app
