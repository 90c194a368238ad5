#include "engine/lint/gke_pools.hpp"

#include <algorithm>
#include <string_view>

#include "engine/scenario/gke_node_pool.hpp"
#include "engine/scenario/mig_profiles.hpp"
#include "engine/scenario/units.hpp"

namespace thaw::lint {
namespace {

constexpr int kMostNodes = 100'000;
int number(const std::optional<ShellWord>& word, int fallback) {
  const auto value = word ? units::integer(word->text) : std::nullopt;
  return value && *value >= 0 && *value <= kMostNodes ? static_cast<int>(*value) : fallback;
}

// What follows `key=` in "type=…,count=…"; its offset in the word.
struct Part {
  std::string text;
  std::size_t at = 0;
};
std::optional<Part> part_of(const std::string& accelerator, std::string_view key) {
  for (std::size_t at = 0; at < accelerator.size();) {
    const std::size_t comma = std::min(accelerator.find(',', at), accelerator.size());
    const std::string_view part = std::string_view(accelerator).substr(at, comma - at);
    if (part.starts_with(key) && part.substr(key.size()).starts_with('='))
      return Part{std::string(part.substr(key.size() + 1)), at + key.size() + 1};
    at = comma + 1;
  }
  return std::nullopt;
}

std::optional<GkePool> read(const ShellCommand& command) {
  const auto& words = command.words;
  const auto from = node_pool_arguments(command);
  const auto accelerator = command.option("--accelerator");
  if (!from || !accelerator || words.size() <= *from) return std::nullopt;
  GkePool pool;
  pool.name = words[*from].text;
  pool.place = accelerator->place;
  if (const auto type = part_of(accelerator->text, "type")) {
    const std::string model = gke_gpu_model(type->text);
    if (!mig_profiles(model).empty()) pool.gpu_model = model;
  }
  if (const auto count = part_of(accelerator->text, "count"))
    pool.cards = number(ShellWord{count->text, {}}, 1);
  if (const auto partition = part_of(accelerator->text, "gpu-partition-size")) {
    pool.partition = partition->text;
    pool.place.column += static_cast<int>(partition->at);
  }
  pool.nodes_min = pool.nodes_max = number(command.option("--num-nodes"), 3);
  pool.autoscaled =
      std::ranges::find(words, "--enable-autoscaling", &ShellWord::text) != words.end();
  if (pool.autoscaled) {
    pool.nodes_min = number(command.option("--min-nodes"), 0);
    pool.nodes_max = number(command.option("--max-nodes"), kMostNodes);
  }
  return pool;
}

}  // namespace

std::vector<GkePool> gke_pools_of(const Subject& subject) {
  std::vector<GkePool> pools;
  for (const ShellCommand& command : subject.commands)
    if (auto pool = read(command)) pools.push_back(std::move(*pool));
  return pools;
}

}  // namespace thaw::lint
