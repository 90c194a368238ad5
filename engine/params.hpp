// The settings of one policy as text, with the place each came from: annotations of a manifest or
// NAME:key=value of the command line. Keys are the ones the system's own users know
// ("TimeoutSecondBeforeSetReplicasMin"). Structured values arrive flattened, with dots and indices:
// "Schedule.Default.WakeUp.0" = "07:00".
//
// A getter that finds nonsense reports it to the Diagnostics and returns the default; unread keys
// are reported by finish() with the nearest known one.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/diagnostic.hpp"

namespace thaw {

class Params {
 public:
  struct Entry {
    std::string value;
    Place place;
  };

  using Entries = std::map<std::string, Entry>;

  // A later set of the same key wins (the command line overrides the manifest).
  void set(std::string key, std::string value, Place place);
  bool has(std::string_view key) const { return entries_.contains(std::string(key)); }
  const Entry* find(std::string_view key) const;
  const Entries& entries() const { return entries_; }

 private:
  Entries entries_;
};

// Reads Params once, in a policy's constructor or reconfigure().
class ParamsReader {
 public:
  ParamsReader(const Params& params, Diagnostics& diagnostics, std::string owner);

  bool boolean(const std::string& key, bool fallback);  // "true"/"false", case ignored
  std::int64_t integer(const std::string& key, std::int64_t fallback, std::int64_t least,
                       std::int64_t most = std::numeric_limits<std::int64_t>::max());
  std::string text(const std::string& key, std::string fallback);
  std::string one_of(const std::string& key, std::string fallback,
                     const std::vector<std::string>& allowed);
  std::vector<std::string> list(const std::string& key);   // comma separated, blanks trimmed
  std::vector<std::string> items(const std::string& key);  // key.0, key.1, …
  std::vector<std::string> children(
      const std::string& key);          // the next path part below key, sorted, unread
  void ignore(const std::string& key);  // known, no meaning here
  void error(const std::string& key, const std::string& message);
  void finish();  // unread keys become errors

 private:
  const Params& params_;
  Diagnostics& diagnostics_;
  std::string owner_;
  std::set<std::string> known_;
};

}  // namespace thaw
