// The verbs of the command, one file each. Each adds itself to the parser and leaves its exit code
// in `exit_code`.
//
// Exit codes: 0 all held; 1 a check failed; 2 the input is wrong; 3 the outside world failed; 130
// interrupted.
#pragma once

#include <CLI/CLI.hpp>

namespace thaw::app {

inline constexpr int kHeld = 0, kFailed = 1, kBadInput = 2, kOutside = 3, kInterrupted = 130;

void add_record(CLI::App& app, int& exit_code);
void add_replay(CLI::App& app, int& exit_code);
void add_run(CLI::App& app, int& exit_code);
void add_calibrate(CLI::App& app, int& exit_code);
void add_clean(CLI::App& app, int& exit_code);
void add_compare(CLI::App& app, int& exit_code);
void add_policies(CLI::App& app, int& exit_code);
void add_decide(CLI::App& app, int& exit_code);
void add_diff(CLI::App& app, int& exit_code);
void add_drive(CLI::App& app, int& exit_code);
void add_lint(CLI::App& app, int& exit_code);
void add_museum(CLI::App& app, int& exit_code);
void add_schema(CLI::App& app, int& exit_code);
void add_test(CLI::App& app, int& exit_code);
void add_trace(CLI::App& app, int& exit_code);

}  // namespace thaw::app
