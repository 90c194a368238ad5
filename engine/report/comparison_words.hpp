// What a comparison says, in the words that its text and its Markdown share.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/report/comparison.hpp"

namespace thaw {

// "7.1 to 11.2 % cheaper, p95 not told apart at 95 %": a against b, both labels of policies that
// ran.
std::string words_against(const Comparison& comparison, const std::string& a, const std::string& b);

// "0.579 ±2.1 %"; without the share where nothing varies or one replication says nothing of it.
std::string with_half_width(const std::string& mean, const Estimate& estimate);

std::string length_words(double in_seconds);
std::string promise_words(double wait_allowed_s);  // " if nobody waits", ", waits of up to 2s"
std::string money_words(double amount);            // four digits behind the point
std::string percent_words(double ratio);

// "5.095"; "-" where there is no bound of the policy's promise.
std::string over_optimum_words(const Comparison::Policy& policy);

// What is above the optimum, in multiples of it: all of it, and its parts, which add up to it.
// Empty where there is no bound of the policy's promise.
std::vector<std::string> above_optimum_heading();
std::optional<std::vector<std::string>> above_optimum_words(const Comparison::Policy& policy);

// The policies that did not run, by the reason they share: "keep_alive, break_even: not run,
// because …".
std::vector<std::string> not_run_words(const Comparison& comparison);

}  // namespace thaw
