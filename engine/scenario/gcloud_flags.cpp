#include "engine/scenario/gcloud_flags.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/scenario/units.hpp"

namespace thaw {
namespace {

using Words = std::vector<std::string>;

constexpr std::int64_t kMostNodes = 1000;  // GKE's own limit for a pool

const Words kUsed{"machine-type",    "num-nodes",   "accelerator",   "min-nodes",       "max-nodes",
                  "total-min-nodes", "node-labels", "node-taints",   "total-max-nodes", "zone",
                  "region",          "location",    "node-locations"};
const Words kSwitches{"enable-autoscaling", "spot", "preemptible"};
// They say nothing about how many nodes there are, what runs on them or how soon.
const Words kInert{"account",
                   "boot-disk-kms-key",
                   "cluster",
                   "configuration",
                   "disk-size",
                   "disk-type",
                   "format",
                   "image-type",
                   "labels",
                   "max-surge-upgrade",
                   "max-unavailable-upgrade",
                   "metadata",
                   "node-version",
                   "project",
                   "resource-manager-tags",
                   "scopes",
                   "service-account",
                   "tags",
                   "verbosity",
                   "workload-metadata"};
const Words kInertSwitches{"async",
                           "enable-autorepair",
                           "enable-autoupgrade",
                           "enable-gvnic",
                           "enable-private-nodes",
                           "enable-surge-upgrade",
                           "no-enable-autorepair",
                           "no-enable-autoupgrade",
                           "no-enable-autoscaling",
                           "quiet",
                           "shielded-integrity-monitoring",
                           "shielded-secure-boot"};

bool among(const Words& words, const std::string& word) {
  return std::ranges::find(words, word) != words.end();
}

// Whether a word stands alone; of an unknown one by what it looks like.
bool is_switch(const std::string& flag) {
  return among(kSwitches, flag) || among(kInertSwitches, flag) || flag.starts_with("enable-") ||
         flag.starts_with("no-") || flag.starts_with("shielded-");
}

}  // namespace

std::vector<std::string_view> split_text(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(separator, begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

GcloudFlags::GcloudFlags(const ShellCommand& command, std::size_t from, Diagnostics& problems)
    : place_(command.words.front().place), problems_(problems) {
  for (std::size_t i = from; i < command.words.size(); ++i) i = read(command.words, i);
  if (name_.text.empty()) problems_.error(place_, "", "the name of the pool is missing");
}

Place GcloudFlags::place_of(const std::string& flag) const {
  return has(flag) ? flags_.at(flag).place : place_;
}

std::string GcloudFlags::text(const std::string& flag, std::string fallback) {
  const auto found = flags_.find(flag);
  return found == flags_.end() ? std::move(fallback) : plain(found->second, "--" + flag);
}

std::int64_t GcloudFlags::number(const std::string& flag, std::int64_t fallback,
                                 std::int64_t least) {
  if (!has(flag)) return fallback;
  const std::string found = text(flag);
  const auto value = units::integer(found);
  if (value && *value >= least && *value <= kMostNodes) return *value;
  if (!flags_.at(flag).expands)
    expected(flag, fmt::format("a number from {} to {}", least, kMostNodes), found);
  return fallback;
}

std::map<std::string, std::string> GcloudFlags::pairs(const std::string& flag) {
  std::map<std::string, std::string> result;
  const std::string found = text(flag);
  if (!has(flag) || flags_.at(flag).expands) return result;
  for (const std::string_view pair : split_text(found, ',')) {
    const std::size_t equals = pair.find('=');
    if (equals == 0 || equals == std::string_view::npos) {
      expected(flag, "KEY=VALUE, with commas between several", pair);
    } else {
      result.insert_or_assign(std::string(pair.substr(0, equals)),
                              std::string(pair.substr(equals + 1)));
    }
  }
  return result;
}

void GcloudFlags::error(const std::string& flag, std::string message) {
  problems_.error(place_of(flag), "--" + flag, std::move(message));
}

void GcloudFlags::expected(const std::string& flag, std::string_view what, std::string_view found) {
  error(flag, fmt::format("expected {}, found \"{}\"", what, found));
}

void GcloudFlags::tell_unknown(const std::string& pool) {
  Words known = kUsed;
  known.insert(known.end(), kSwitches.begin(), kSwitches.end());
  std::string told;
  for (const auto& [flag, word] : flags_) {
    if (among(known, flag) || among(kInert, flag) || among(kInertSwitches, flag)) continue;
    const std::string near = nearest(flag, known);
    told += (told.empty() ? "--" : ", --") + flag;
    if (!near.empty()) told += " (did you mean --" + near + "?)";
  }
  if (!told.empty()) problems_.notice(fmt::format("pool {}: not modelled: {}", pool, told));
}

std::size_t GcloudFlags::read(const std::vector<ShellWord>& words, std::size_t i) {
  const ShellWord& word = words[i];
  if (word.text == "-z") return value_of("zone", words, i);
  if (word.text == "-q") return i;
  if (!word.text.starts_with("--")) {
    if (!name_.text.empty())
      problems_.error(
          word.place, "",
          fmt::format("expected one name, found \"{}\" beside \"{}\"", word.text, name_.text));
    name_ = word;
    return i;
  }
  const std::size_t equals = word.text.find('=');
  const std::string flag = word.text.substr(2, equals == std::string::npos ? equals : equals - 2);
  if (equals != std::string::npos) {
    keep(flag, {word.text.substr(equals + 1), word.place, word.expands});
    return i;
  }
  if (!is_switch(flag)) return value_of(flag, words, i);
  keep(flag, word);
  return i;
}

std::size_t GcloudFlags::value_of(const std::string& flag, const std::vector<ShellWord>& words,
                                  std::size_t i) {
  const bool there = i + 1 < words.size() && !words[i + 1].text.starts_with("--");
  if (there) {
    keep(flag, words[i + 1]);
  } else if (among(kUsed, flag) || among(kInert, flag)) {
    problems_.error(words[i].place, "--" + flag, "its value is missing");
  } else {
    keep(flag, words[i]);
  }
  return there ? i + 1 : i;
}

void GcloudFlags::keep(const std::string& flag, const ShellWord& word) {
  if (!flags_.emplace(flag, word).second)
    problems_.error(word.place, "--" + flag, "is given twice");
}

std::string GcloudFlags::plain(const ShellWord& word, const std::string& key) {
  if (word.expands && told_.insert(key).second)
    problems_.error(
        word.place, key,
        fmt::format("expected the value itself, found \"{}\", which only a shell can replace",
                    word.text));
  return word.text;
}

}  // namespace thaw
