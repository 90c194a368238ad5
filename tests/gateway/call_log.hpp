// What origins write of the calls that they had: an id a line, in a file each.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

namespace thaw::rigs {

// A folder that goes with it.
class CallLogs {
 public:
  CallLogs();
  ~CallLogs();
  CallLogs(const CallLogs&) = delete;
  CallLogs& operator=(const CallLogs&) = delete;

  std::string file(const std::string& name) const { return folder_ / name; }
  // How often each id is in all files whose names begin so.
  std::map<std::string, std::uint64_t> calls(const std::string& beginning) const;

 private:
  std::filesystem::path folder_;
};

}  // namespace thaw::rigs
