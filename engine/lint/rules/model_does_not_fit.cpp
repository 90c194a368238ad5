// TH305: a model larger than the GPU memory that its replica gets.
//
// Weights alone that are larger are an error. With the KV cache of a whole context it depends on
// settings that the files may not show: a warning. What the runtime itself takes comes on top and
// is left out.
#include <fmt/format.h>

#include <algorithm>

#include "engine/lint/gke_pools.hpp"
#include "engine/lint/models.hpp"
#include "engine/lint/node_fit.hpp"
#include "engine/lint/pods.hpp"
#include "engine/lint/rule.hpp"
#include "engine/scenario/units.hpp"
#include "engine/scenario/vgpu_request.hpp"

namespace thaw::lint::model_does_not_fit {
namespace {

constexpr int kUsualContext = 4096;  // Ollama's own default, where a model can do as much
constexpr std::int64_t kGiB = std::int64_t{1} << 30;
constexpr std::int64_t kMiB = std::int64_t{1} << 20;
constexpr std::string_view kMigPrefix = "nvidia.com/mig-";
constexpr const char* kPartitionLabel = "cloud.google.com/gke-gpu-partition-size";

struct Memory {
  std::int64_t bytes = 0;
  std::string of;  // "1g.5gb"
};

// A profile's name rounds up what there is of it: at most so many GiB.
std::optional<Memory> memory_of_profile(const std::string& profile) {
  const std::size_t dot = profile.find("g."), end = profile.find("gb");
  if (dot == std::string::npos || end == std::string::npos || end < dot + 2) return std::nullopt;
  const auto size = units::integer(profile.substr(dot + 2, end - dot - 2));
  if (!size || *size <= 0 || *size > 1024) return std::nullopt;
  return Memory{*size * kGiB, profile};
}

double gb(std::int64_t bytes) { return static_cast<double>(bytes) / 1e9; }

// `weights`: of the model as deployed; `model`: what is known of its cache, or null. `gravest`: as
// far as it is certain that this model gets this memory.
void tell(std::int64_t weights, const std::string& name, const KnownModel* model,
          const Memory& memory, Severity gravest, const Place& place, std::vector<Related> related,
          Report& report) {
  const int context = model ? std::min(model->context, kUsualContext) : 0;
  const std::int64_t cache = model ? model->token_bytes() * context : 0;
  if (weights + cache <= memory.bytes) return;
  const std::string there = fmt::format("{} has {:.1f} GB at most", memory.of, gb(memory.bytes));
  if (weights > memory.bytes) {
    report.add(
        gravest, place,
        fmt::format("the weights of {} alone take {:.1f} GB, and {}", name, gb(weights), there),
        "take a smaller model, a stronger quantisation or a larger share", std::move(related));
    return;
  }
  report.add(
      Severity::warning, place,
      fmt::format("{} takes {:.1f} GB of weights and {:.1f} GB of KV cache for {} tokens (2 × "
                  "{} layers × {} × 2 bytes = {} KiB each): {:.1f} GB before the runtime's "
                  "own, and {}",
                  name, gb(weights), gb(cache), context, model->layers, model->kv_width,
                  model->token_bytes() / 1024, gb(weights + cache), there),
      fmt::format("take a larger share, or a context below {} tokens",
                  (memory.bytes - weights) / model->token_bytes()),
      std::move(related));
}

// What one replica gets on a pool that can take it; empty: not known.
std::optional<Memory> memory_on(const Workload& workload, const Pool& pool) {
  const std::int64_t card = pool.machine.gpu_memory.count;
  if (pool.gpu_sharing.mode == GpuSharing::Mode::mig) {
    return memory_of_profile(pool.gpu_sharing.profile);
  }
  if (card == 0) return std::nullopt;
  if (pool.gpu_sharing.mode == GpuSharing::Mode::vgpu) {
    const CardAsk ask = card_ask_of(workload.requests, pool.gpu_sharing, card / kMiB);
    return Memory{ask.cards * ask.memory_mib * kMiB, "its share"};
  }
  const auto cards = workload.requests.extended.find(kGpuCards);
  if (cards == workload.requests.extended.end()) return std::nullopt;
  return Memory{cards->second * card, cards->second == 1 ? "its card" : "its cards"};
}

void check_function(const Subject& subject, const FunctionSpec& function, Report& report) {
  const auto& workload = subject.scenario->manifests.workloads.at(function.workload);
  if (!asks_for_cards(workload.requests)) return;
  std::optional<Memory> most;
  for (const Pool* const pool : hosts_of(*subject.scenario, workload)) {
    const auto memory = memory_on(workload, *pool);
    if (!memory) return;
    if (!most || memory->bytes > most->bytes) most = memory;
  }
  if (!most) return;
  const auto named = mentions_in(function.model->name);
  tell(function.model->size.count, function.model->name,
       named.empty() ? nullptr : named.front().model, *most, Severity::error, function.place, {},
       report);
}

// Where a workload itself says which part of a card it wants.
std::optional<Memory> memory_asked(const Workload& workload) {
  const auto label = workload.node_selector.find(kPartitionLabel);
  if (label != workload.node_selector.end()) return memory_of_profile(label->second);
  for (const auto& [name, count] : workload.requests.extended) {
    if (name.starts_with(kMigPrefix)) return memory_of_profile(name.substr(kMigPrefix.size()));
    if (name == kGpuMemory) return Memory{count * kMiB, "its share"};
  }
  return std::nullopt;
}

std::vector<Mention> models_of(const Subject& subject, const Workload& workload) {
  std::string text;
  for (const std::string& model : workload.pulled_models) text += model + "\n";
  const Source source = source_of(subject, workload);
  if (source.pod) {
    for (const yaml::Node* const container : containers_of(*source.pod)) {
      for (const char* key : {"command", "args"})
        if (const yaml::Node* const words = container->find(key))
          for (const yaml::Node& word : words->list) text += word.scalar + "\n";
    }
  }
  for (const EnvVar& variable : workload.env) text += variable.value + "\n";
  return mentions_in(text);
}

Place place_in(const SourceText& text, std::size_t at) {
  const std::string_view before = std::string_view(text.text).substr(0, at);
  const std::size_t line = before.rfind('\n') + 1;  // npos + 1 is 0
  return {text.file, static_cast<int>(std::ranges::count(before, '\n')) + 1,
          static_cast<int>(at - line) + 1};
}

bool is_prose(const std::string& file) { return file.ends_with(".md") || file.ends_with(".txt"); }

// A text that makes partitions and names a model: both for the same service, most likely.
void check_text(const GkePool& pool, const SourceText& text, Report& report) {
  const auto memory = memory_of_profile(pool.partition);
  if (!memory) return;
  for (const Mention& mention : mentions_in(text.text))
    tell(mention.model->weights_bytes, mention.text, mention.model, *memory, Severity::warning,
         pool.place, {{place_in(text, mention.at), "the model is named here"}}, report);
}

void check(const Subject& subject, Report& report) {
  if (subject.scenario) {
    for (const FunctionSpec& function : subject.scenario->functions)
      if (!function.standalone && function.model) check_function(subject, function, report);
    return;
  }
  for (const Workload& workload : subject.manifests.workloads) {
    const auto memory = memory_asked(workload);
    if (!memory) continue;
    for (const Mention& mention : models_of(subject, workload))
      tell(mention.model->weights_bytes, mention.text, mention.model, *memory, Severity::error,
           workload.place, {}, report);
  }
  for (const GkePool& pool : gke_pools_of(subject))
    for (const SourceText& text : subject.texts)
      if (text.file == pool.place.file && is_prose(text.file)) check_text(pool, text, report);
}

}  // namespace

Rule rule() {
  return {"TH305", "model-does-not-fit", Severity::error,
          "a model larger than the GPU memory that its replica gets", check};
}

}  // namespace thaw::lint::model_does_not_fit
