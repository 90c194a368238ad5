#include "engine/report/output.hpp"

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <system_error>

namespace thaw {
namespace {

[[noreturn]] void fail(const std::string& path) {
  throw std::runtime_error(path + ": " + std::generic_category().message(errno));
}

void write_file(const std::string& path, const std::string& content) {
  std::FILE* file = std::fopen(path.c_str(), "wb");
  if (!file) fail(path);
  const bool written = std::fwrite(content.data(), 1, content.size(), file) == content.size();
  if (std::fclose(file) != 0 || !written) fail(path);
}

}  // namespace

void write_files(const std::string& folder,
                 const std::vector<std::pair<std::string, std::string>>& files) {
  namespace fs = std::filesystem;
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw std::runtime_error(folder + ": " + error.message());
  const auto beside = [&](const std::string& name) { return folder + "/." + name + ".part"; };
  try {
    for (const auto& [name, content] : files) write_file(beside(name), content);
    for (const auto& [name, content] : files)
      if (std::rename(beside(name).c_str(), (folder + "/" + name).c_str()) != 0)
        fail(folder + "/" + name);
  } catch (const std::runtime_error&) {
    for (const auto& [name, content] : files) fs::remove(beside(name), error);
    throw;
  }
}

std::string to_json(const Performance& performance) {
  nlohmann::ordered_json json;
  json["events"] = performance.events;
  json["cpu_s"] = performance.cpu_s;
  json["wall_s"] = performance.wall_s;
  json["requests_per_cpu_second"] = performance.requests_per_cpu_second;
  json["peak_rss_bytes"] = performance.peak_rss_bytes;
  json["version"] = performance.version;
  return json.dump(2) + "\n";
}

}  // namespace thaw
