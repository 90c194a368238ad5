#include "engine/scenario/presets.hpp"

#include <chrono>
#include <cstdint>

namespace thaw::scenario {
namespace {

constexpr std::int64_t kGB = 1'000'000'000;
constexpr std::int64_t kGiB = std::int64_t{1} << 30;
constexpr Duration kNone = Duration(0);
constexpr Duration kSecond = std::chrono::seconds(1);
constexpr Duration kMinute = std::chrono::minutes(1);
constexpr Duration kHour = std::chrono::hours(1);

constexpr const char* kUnchecked = "general knowledge, not checked";
constexpr const char* kRegional = "general knowledge, not checked; depends on the region";
constexpr const char* kList = "a public price list read on 2026-11-09";

struct Line {
  const char* name;
  int cpus;
  std::int64_t memory;
  int gpus;
  const char* gpu_model;
  std::int64_t gpu_memory;
  Nanomoney per_hour;
  const char* currency;
  Duration billing_unit, billing_minimum;
  const char* source;
  bool verified;
};

// vCPU, memory and GPU memory of every line: general knowledge, not checked.
// Billing units: Scaleway's instance FAQ (October 2025): GPU instances per minute, RENDER-S and CPU
// instances per hour. Google Compute Engine: per second, a minute at least. AWS and Azure: per
// second, AWS a minute at least; general knowledge.
constexpr Line kTable[] = {
    {"scaleway/L4-1-24G", 8, 48 * kGB, 1, "L4", 24 * kGiB, 750'000'000, "EUR", kMinute, kNone,
     kUnchecked, false},
    {"scaleway/L40S-1-48G", 8, 96 * kGB, 1, "L40S", 48 * kGiB, 1'400'000'000, "EUR", kMinute, kNone,
     kUnchecked, false},
    {"scaleway/RENDER-S", 10, 42 * kGB, 1, "P100", 16 * kGiB, 1'240'000'000, "EUR", kHour, kNone,
     kUnchecked, false},
    {"scaleway/H100-1-80G", 24, 240 * kGB, 1, "H100", 80 * kGiB, 2'730'000'000, "EUR", kMinute,
     kNone, kUnchecked, false},
    {"scaleway/DEV1-M", 3, 4 * kGB, 0, "", 0, 20'000'000, "EUR", kHour, kNone, kUnchecked, false},
    {"gke/a2-highgpu-1g", 12, 85 * kGB, 1, "A100-40GB", 40 * kGiB, 3'670'000'000, "USD", kSecond,
     kMinute, kRegional, false},
    {"gke/g2-standard-4", 4, 16 * kGB, 1, "L4", 24 * kGiB, 710'000'000, "USD", kSecond, kMinute,
     kRegional, false},
    {"aws/p4d.24xlarge", 96, 1152 * kGiB, 8, "A100-40GB", 40 * kGiB, 21'960'000'000, "USD", kSecond,
     kMinute, kList, true},
    {"azure/NC24ads_A100_v4", 24, 220 * kGiB, 1, "A100-80GB", 80 * kGiB, 3'670'000'000, "USD",
     kSecond, kNone, kList, true},
};

}  // namespace

const std::vector<std::pair<std::string, Machine>>& machine_presets() {
  static const auto presets = [] {
    std::vector<std::pair<std::string, Machine>> machines;
    for (const Line& line : kTable) {
      Machine machine;
      machine.preset = line.name;
      machine.cpu = Millicores(std::int64_t{1000} * line.cpus);
      machine.memory = Bytes(line.memory);
      machine.gpus = line.gpus;
      machine.gpu_model = line.gpu_model;
      machine.gpu_memory = Bytes(line.gpu_memory);
      machine.price = {line.currency, line.per_hour, line.source, line.verified};
      machine.billing_unit = line.billing_unit;
      machine.billing_minimum = line.billing_minimum;
      machines.emplace_back(line.name, machine);
    }
    return machines;
  }();
  return presets;
}

}  // namespace thaw::scenario
