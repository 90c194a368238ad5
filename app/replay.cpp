// thaw replay: a recording decided again.
#include "engine/recording/replay.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/recording_file.hpp"
#include "app/verbs.hpp"
#include "engine/diagnostic.hpp"
#include "engine/scenario/governance.hpp"
#include "policies/all.hpp"

namespace thaw::app {
namespace {

struct ReplayArguments {
  std::vector<std::string> files;
  std::string policy, format = "text";
};

constexpr std::size_t kShown = 20;  // differences; --format json has all

std::optional<recording::Replay::Instead> instead_of(const std::string& text) {
  if (text.empty()) return std::nullopt;
  Diagnostics problems;
  PolicyChoice choice = PolicyChoice::parse(text, problems);
  if (choice.function)
    problems.error({"--policy", 0, 0}, "", "replay asks one policy for every function");
  problems.throw_if_any();
  return recording::Replay::Instead{choice.policy, std::move(choice.params)};
}

class Tally {
 public:
  explicit Tally(bool json) : json_(json) {}

  void add(const recording::Again& one) {
    ++asked_;
    if (one.same()) return;
    ++different_;
    if (json_) {
      std::fputs(to_json(one).c_str(), stdout);
    } else if (different_ <= kShown) {
      fmt::print("{}  {}\n    recorded {}\n    decided  {}\n", thaw::to_text(one.at), one.function,
                 one.recorded, one.decided);
    }
  }

  int conclude() const {
    if (json_) {
      fmt::print("{{\"decisions\":{},\"same\":{}}}\n", asked_, asked_ - different_);
    } else {
      if (different_ > kShown)
        fmt::print("and {} more: --format json has all\n", different_ - kShown);
      fmt::print("{} of {} decisions are the same\n", asked_ - different_, asked_);
    }
    return different_ == 0 ? kHeld : kFailed;
  }

 private:
  bool json_;
  std::uint64_t asked_ = 0, different_ = 0;
};

int replay(const ReplayArguments& arguments) {
  Tally tally(arguments.format == "json");
  recording::Replay replay(find_policy, instead_of(arguments.policy));
  for (const std::string& file : arguments.files) {
    read_recording(file, [&](recording::Line line, int number) {
      if (const auto again = replay.take(std::move(line), file, number)) tally.add(*again);
    });
  }
  return tally.conclude();
}

}  // namespace

void add_replay(CLI::App& app, int& exit_code) {
  static ReplayArguments arguments;
  CLI::App* verb = app.add_subcommand(
      "replay",
      "a recording decided again: 1 if a decision is another than the one recorded\n"
      "Example: thaw replay kapsule.jsonl --policy "
      "idle_timeout:TimeoutSecondBeforeSetReplicasMin=600");
  verb->add_option("FILE", arguments.files,
                   "that thaw run --record or thaw record wrote; in their order")
      ->required();
  verb->add_option("--policy", arguments.policy,
                   "NAME[:key=value,…] in place of those that decided then");
  verb->add_option("--format", arguments.format, "text, or json: a line for each that differs")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  verb->callback([&exit_code] { exit_code = replay(arguments); });
}

}  // namespace thaw::app
