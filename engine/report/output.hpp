// Result files: written beside their place, then renamed, so that a reader never meets half of one.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace thaw {

// Creates `folder` where needed and writes each (name, content). Throws std::runtime_error that
// names the file and the system's reason; what was not renamed yet is removed.
void write_files(const std::string& folder,
                 const std::vector<std::pair<std::string, std::string>>& files);

// performance.json: the one file that differs between two runs of the same seed. CPU time is of all
// processes, of the replications and of a policy's program too; the peak is that of the largest.
struct Performance {
  std::uint64_t events = 0;
  double cpu_s = 0, wall_s = 0;
  double requests_per_cpu_second = 0;
  std::int64_t peak_rss_bytes = 0;
  std::string version;
};
std::string to_json(const Performance& performance);

}  // namespace thaw
