// The flags of one `gcloud container node-pools create …`, as a shell file has them.
//
// Errors: what gcloud would refuse, and values that only a shell can replace, at their places.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/diagnostic.hpp"
#include "engine/scenario/shell.hpp"

namespace thaw {

std::vector<std::string_view> split_text(std::string_view text, char separator);

class GcloudFlags {
 public:
  // `from`: the first word behind "create".
  GcloudFlags(const ShellCommand& command, std::size_t from, Diagnostics& problems);

  const Place& place() const { return place_; }  // of the command
  std::string name() { return plain(name_, "NAME"); }
  bool has(const std::string& flag) const { return flags_.contains(flag); }
  Place place_of(const std::string& flag) const;  // the command's where it is absent

  std::string text(const std::string& flag, std::string fallback = {});
  std::int64_t number(const std::string& flag, std::int64_t fallback, std::int64_t least);
  std::map<std::string, std::string> pairs(const std::string& flag);  // KEY=VALUE,…

  void error(const std::string& flag, std::string message);
  void expected(const std::string& flag, std::string_view what, std::string_view found);
  void tell_unknown(const std::string& pool);  // one notice for all

 private:
  std::size_t read(const std::vector<ShellWord>& words, std::size_t i);
  std::size_t value_of(const std::string& flag, const std::vector<ShellWord>& words, std::size_t i);
  void keep(const std::string& flag, const ShellWord& word);
  std::string plain(const ShellWord& word, const std::string& key);

  Place place_;
  Diagnostics& problems_;
  ShellWord name_;
  std::map<std::string, ShellWord> flags_;
  std::set<std::string> told_;
};

}  // namespace thaw
