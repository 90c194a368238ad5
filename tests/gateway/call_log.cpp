#include "tests/gateway/call_log.hpp"

#include <stdlib.h>

#include <fstream>

#include "tests/gateway/loop.hpp"

namespace thaw::rigs {

CallLogs::CallLogs() {
  std::string name = (std::filesystem::temp_directory_path() / "thaw-calls-XXXXXX").string();
  if (!mkdtemp(name.data())) refuse("mkdtemp");
  folder_ = name;
}

CallLogs::~CallLogs() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::map<std::string, std::uint64_t> CallLogs::calls(const std::string& beginning) const {
  std::map<std::string, std::uint64_t> found;
  for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
    if (!entry.path().filename().string().starts_with(beginning)) continue;
    std::ifstream in(entry.path());
    for (std::string id; std::getline(in, id);) ++found[id];
  }
  return found;
}

}  // namespace thaw::rigs
