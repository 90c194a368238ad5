#include "engine/scenario/gpu_sharing.hpp"

#include <algorithm>

#include "engine/scenario/mig_profiles.hpp"
#include "engine/scenario/units.hpp"
#include "engine/scenario/values.hpp"

namespace thaw::scenario {
namespace {

using Mode = GpuSharing::Mode;
using Pace = GpuSharing::Pace;
using Packing = GpuSharing::Packing;

constexpr const char* kPartitionLabel = "cloud.google.com/gke-gpu-partition-size";
constexpr int kMostReplicas = 1000;
constexpr double kMostInterference = 10;

// The release whose documentation has 5000 MB for a pod that asks for no memory of a card; later
// ones give it the whole card. In which release that changed between 2.4 and 2.7 is not known.
constexpr Version kLastWithDefaultMemory{2, 4, 0};
constexpr Bytes kDefaultMemory{std::int64_t{5000} << 20};

// No latency of vAccel's is published; a call across vsock is put at 0.1 to 1 ms.
constexpr Duration kRemoteCall = std::chrono::milliseconds(1);

const std::vector<std::pair<std::string, Mode>>& mode_words() {
  static const std::vector<std::pair<std::string, Mode>> words{
      {"exclusive", Mode::whole},           {"vgpu", Mode::vgpu}, {"mig", Mode::mig},
      {"time-slicing", Mode::time_slicing}, {"mps", Mode::mps},   {"remote", Mode::remote}};
  return words;
}

// What only some modes have.
struct Form {
  std::optional<std::string> profile;
  std::optional<std::vector<std::string>> profiles;
  std::optional<Pace> pace;
  std::optional<Duration> reboot, call_latency;
  std::optional<int> split, replicas;
  std::optional<Version> hami;
  std::optional<Bytes> default_memory;
  std::optional<Packing> nodes, cards;
  std::optional<bool> foreseen;
  std::optional<double> interference;
};

Shape<double> factor() {
  return leaf<double>({.expected = "a factor from 1 to 10 such as 1.1",
                       .types = {"number"},
                       .least = 1,
                       .most = kMostInterference,
                       .plain = true},
                      [](std::string_view text) {
                        const auto value = units::number(text);
                        return value && *value >= 1 && *value <= kMostInterference ? value
                                                                                   : std::nullopt;
                      });
}

template <class Visitor>
void read_form(Form& f, Visitor& v) {
  const auto packing =
      choice<Packing>({{"binpack", Packing::binpack}, {"spread", Packing::spread}});
  v.optional("profile", f.profile, name(),
             "of mig: compute slices and memory, such as 1g.5gb; each card is cut into as many as "
             "it has room for");
  v.optional("profiles", f.profiles, list_of(name()),
             "of mig, instead: one each an instance of a card, offered as nvidia.com/mig-PROFILE");
  v.optional(
      "gpuSeconds", f.pace,
      choice<Pace>(
          {{"instance", Pace::instance}, {"compute", Pace::compute}, {"memory", Pace::memory}}),
      "of mig: they are an instance's (default), or a whole card's, of which an instance has "
      "its slices of compute, or of memory bandwidth");
  v.optional("reboot", f.reboot, duration(),
             "of mig: of a new node; default it boots once more if its card is an A100 or A30");
  v.optional("split", f.split, integer(1, kMostReplicas),
             "of vgpu: pods on one card at most; default 10");
  v.optional("hami", f.hami, version(), "of vgpu: the release; default 2.10");
  v.optional("defaultMemory", f.default_memory, size(),
             "of vgpu: of each card, for a pod that asks for none; default 5000MiB up to 2.4, "
             "then the whole card");
  v.optional("nodePolicy", f.nodes, packing,
             "of vgpu: fill nodes one after another (binpack, default) or evenly (spread)");
  v.optional("cardPolicy", f.cards, packing, "of vgpu: the same for cards; default spread");
  v.optional("replicas", f.replicas, integer(2, kMostReplicas),
             "of time-slicing and mps: so many nvidia.com/gpu are offered of each card");
  v.optional("template", f.foreseen, choice<bool>({{"shares", true}, {"cards", false}}),
             "what a node autoscaler expects of a node that is not there: its shares (default) or "
             "only its cards");
  v.optional("callLatency", f.call_latency, duration(),
             "of remote: added to each request's work; default 1ms, a guess");
  v.optional("interference", f.interference, factor(),
             "work beside others at work on the card takes so many times as long; default 1");
}

// The mode must be one of those that the key is of.
template <class Visitor>
void only_of(Visitor& v, Mode mode, const char* key, std::initializer_list<Mode> modes) {
  if (!v.has(key) || std::find(modes.begin(), modes.end(), mode) != modes.end()) return;
  std::vector<std::string> names;
  for (const auto& [word, known] : mode_words())
    if (std::find(modes.begin(), modes.end(), known) != modes.end()) names.push_back(word);
  v.fault(key, "is of " + alternatives(names));
}

template <class Visitor>
void check_keys(Visitor& v, Mode mode, const Form& f) {
  for (const char* key : {"profile", "profiles", "gpuSeconds", "reboot"})
    only_of(v, mode, key, {Mode::mig});
  for (const char* key : {"split", "hami", "defaultMemory", "nodePolicy", "cardPolicy"})
    only_of(v, mode, key, {Mode::vgpu});
  only_of(v, mode, "replicas", {Mode::time_slicing, Mode::mps});
  only_of(v, mode, "template", {Mode::vgpu, Mode::mig, Mode::time_slicing, Mode::mps});
  only_of(v, mode, "callLatency", {Mode::remote});
  only_of(v, mode, "interference",
          {Mode::vgpu, Mode::mig, Mode::time_slicing, Mode::mps, Mode::remote});
  if (mode == Mode::mig && f.profile.has_value() == f.profiles.has_value())
    v.fault(f.profile ? "profiles" : "profile", "missing: of mig, either profile or profiles");
  if ((mode == Mode::time_slicing || mode == Mode::mps) && !f.replicas)
    v.fault("replicas", "missing: of time-slicing and mps");
}

GpuSharing to_sharing(Mode mode, const Form& f) {
  GpuSharing g;
  g.mode = mode;
  g.profile = f.profile.value_or("");
  g.profiles = f.profiles.value_or(std::vector<std::string>{});
  g.pace = f.pace.value_or(Pace::instance);
  g.reboot = f.reboot;
  g.nodes = f.nodes.value_or(g.nodes);
  g.cards = f.cards.value_or(g.cards);
  g.shares_foreseen = f.foreseen.value_or(true);
  // Decimals with three places are what the factor is read to.
  g.interference_milli = static_cast<int>(f.interference.value_or(1) * 1000 + 0.5);
  if (mode == Mode::time_slicing || mode == Mode::mps) g.per_card = *f.replicas;
  if (mode == Mode::remote) g.call_latency = f.call_latency.value_or(kRemoteCall);
  if (mode != Mode::vgpu) return g;
  g.per_card = f.split.value_or(10);  // HAMi 2.10's deviceSplitCount
  g.hami = f.hami.value_or(Version{2, 10, 0});
  const Version minor{g.hami.major, g.hami.minor, 0};
  g.default_memory =
      f.default_memory.value_or(minor <= kLastWithDefaultMemory ? kDefaultMemory : Bytes{});
  return g;
}

// Every card of a pool is cut into as many instances as it has room for, as GKE does it, or as the
// scenario says.
std::optional<std::string> cut_cards(Pool& p) {
  GpuSharing& g = p.gpu_sharing;
  const std::string& model = p.machine.gpu_model;
  std::vector<std::string> known;
  for (const MigProfile& profile : mig_profiles(model)) known.emplace_back(profile.name);
  if (known.empty())
    return (model.empty() ? "a machine without a gpuModel" : model) +
           " is not known to have MIG profiles";
  std::vector<std::string> asked = g.profiles;
  if (asked.empty()) asked.push_back(g.profile);
  for (const std::string& profile : asked) {
    if (std::find(known.begin(), known.end(), profile) == known.end())
      return model + " has no MIG profile " + profile + "; it has " + alternatives(known);
  }
  if (!g.profiles.empty()) {
    if (!mig_placements(model, g.profiles))
      return "no legal placement of these profiles on a " + model;
    g.per_card = static_cast<int>(g.profiles.size());
    return std::nullopt;
  }
  g.per_card = mig_profile(model, g.profile)->instances;
  p.labels.emplace(kPartitionLabel, g.profile);
  return std::nullopt;
}

}  // namespace

Shape<GpuSharing> gpu_sharing() {
  return object<GpuSharing>("gpuSharing", [](auto& v, GpuSharing& g) {
    Mode mode = Mode::whole;
    Form form;
    v.required(
        "mode", mode, choice<Mode>(mode_words()),
        "exclusive: a card is one pod's; vgpu: HAMi splits them; mig: they are cut into "
        "instances; time-slicing: pods take turns; mps: each has an equal part; remote: pods "
        "call the host's, as vAccel does");
    read_form(form, v);
    if (!v.reading() || !v.ok()) return;
    check_keys(v, mode, form);
    if (!v.ok()) return;
    g = to_sharing(mode, form);
    if (mode == Mode::remote && !form.call_latency) v.guess("callLatency", to_text(g.call_latency));
  });
}

std::optional<std::string> settle_gpu_sharing(Pool& pool) {
  const Mode mode = pool.gpu_sharing.mode;
  const bool needs_memory = mode == Mode::vgpu || mode == Mode::mps;
  if (needs_memory && (pool.machine.gpus == 0 || pool.machine.gpu_memory == Bytes{}))
    return std::string("of ") + (mode == Mode::vgpu ? "vgpu" : "mps") +
           ": the machine needs gpus and gpuMemory";
  if (mode == Mode::mig) return cut_cards(pool);
  if (mode != Mode::whole && pool.machine.gpus == 0) return "the machine has no gpus";
  return std::nullopt;
}

}  // namespace thaw::scenario
