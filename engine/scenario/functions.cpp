// The section `functions`: what a manifest cannot say about a function.
#include <optional>
#include <string>

#include "engine/scenario/gpu_memory.hpp"
#include "engine/scenario/instance_prices.hpp"
#include "engine/scenario/llm.hpp"
#include "engine/scenario/sections.hpp"
#include "engine/scenario/values.hpp"

namespace thaw::scenario {
namespace {

constexpr int kMostSlots = 1'000'000;
constexpr int kMostCopies = 100'000;

Shape<Model> model() {
  return object<Model>("model", [](auto& v, Model& m) {
    v.required("name", m.name, name(), "of the model");
    v.required("size", m.size, size(), "of the download");
    v.required("from", m.from,
               choice<Model::From>({{"internet", Model::From::internet},
                                    {"volume", Model::From::volume},
                                    {"registry", Model::From::registry}}),
               "where each pod gets it: internet, volume or registry");
  });
}

Shape<ImageLayer> layer() {
  return object<ImageLayer>("imageLayer", [](auto& v, ImageLayer& l) {
    v.required("name", l.name, name(), "its digest, or a name that is no other layer's");
    v.required("size", l.size, size(), "as stored in the registry");
  });
}

Shape<Service> service() {
  return object<Service>("service", [](auto& v, Service& s) {
    v.exactly_one({"seconds", "gpuSeconds", "llm"});
    v.optional("seconds", s.duration, distribution(), "of one request");
    v.optional("gpuSeconds", s.duration, distribution(), "of one request, alone on a whole card");
    v.optional("llm", s.llm, llm(), "a language model's server: what a request costs, in tokens");
    v.optional("cold", s.cold, distribution(),
               "the whole service of a request that starts an instance; default as any");
    s.on_gpu = v.has("gpuSeconds") || v.has("llm");
    v.optional("cpu", s.cpu, cpu(),
               "CPUs that a request in service keeps busy, for an autoscaler by CPU; default "
               "not known");
    v.optional("slots", s.slots, integer(1, kMostSlots),
               "requests in service at once on one replica; default 1");
    v.optional("discipline", s.discipline,
               choice<Discipline>({{"fcfs", Discipline::fcfs}, {"ps", Discipline::ps}}),
               "first come first served (default), or processor sharing");
    v.optional(
        "queue", s.queue,
        choice<QueuePlace>({{"central", QueuePlace::central}, {"replica", QueuePlace::replica}}),
        "where requests wait; default replica");
    v.required(
        "dispatch", s.dispatch,
        choice<Dispatch>({{"newest", Dispatch::newest},
                          {"oldest", Dispatch::oldest},
                          {"recently_idle", Dispatch::recently_idle},
                          {"longest_idle", Dispatch::longest_idle},
                          {"least_in_flight", Dispatch::least_in_flight},
                          {"random", Dispatch::random}}),
        "which replica gets a request; never implicit, it changes cold starts a hundredfold");
    if (!s.llm || !v.reading()) return;
    s.duration = Distribution::constant(mean_service(*s.llm));
    if (s.queue == QueuePlace::central)
      v.fault("queue", "each server of a model has its own line: expected replica, found central");
  });
}

// The guesses of the two lognormals: one second to start a container (sigma 0.4), and a small
// engine's 1.5 s to load its weights; p95 = median * exp(1.645 * 0.4), which is 1.93 times the
// median.
template <class Visitor>
void fill_defaults(FunctionSpec& f, const std::optional<Distribution>& start,
                   const std::optional<Distribution>& load, const std::optional<Duration>& stop,
                   Visitor& v) {
  using std::chrono::milliseconds;
  f.container_start =
      start ? *start : Distribution::lognormal_median_p95(milliseconds(1000), milliseconds(2000));
  if (!start) v.guess("containerStart", "lognormal, median 1s, p95 2s");
  const Distribution usual =
      f.model ? Distribution::lognormal_median_p95(milliseconds(1500), milliseconds(2900))
              : Distribution::constant(Duration(0));
  f.model_load = load ? *load : usual;
  if (!load && f.model) v.guess("modelLoad", "lognormal, median 1.5s, p95 2.9s");
  f.stop = stop ? *stop : milliseconds(2000);
  if (!stop) v.guess("stop", "2s");
}

struct InstancesForm {
  int max = 0, queue_max = 0;
  bool wait = false;
};

Shape<InstancesForm> instances() {
  return object<InstancesForm>("instances", [](auto& v, InstancesForm& i) {
    v.optional("max", i.max, integer(1, kMostSlots), "at most so many; default no limit");
    v.optional("whenFull", i.wait, choice<bool>({{"reject", false}, {"wait", true}}),
               "what becomes of a request that finds all busy and no room; default reject");
    v.optional("queueMax", i.queue_max, integer(1, kMostSlots),
               "how many may wait; default no limit");
  });
}

// Without a manifest: instances under a policy, or servers that are always there.
struct StandaloneForm {
  std::optional<std::string> policy;
  std::optional<int> servers;
  std::optional<InstancesForm> instances;
  std::optional<PriceForm> price;
  std::vector<LevelForm> levels;

  bool given() const { return policy || servers || instances; }
};

template <class Visitor>
void describe_standalone(Visitor& v, StandaloneForm& form) {
  v.optional("policy", form.policy, text(),
             "NAME:key=value,…; without a manifest such as keep_alive:idle=600s, with one instead "
             "of what the manifest asks for");
  v.optional("servers", form.servers, integer(1, kMostSlots),
             "without a manifest: always there, service.slots each");
  v.optional("instances", form.instances, instances(),
             "without a manifest: how many, and what happens beyond");
  v.optional("price", form.price, instance_price(), "without a manifest: what instances cost");
  v.optional("levels", form.levels, list_of(instance_level()),
             "without a manifest: in which an idle instance may be left, the cheapest first");
}

template <class Visitor>
void to_standalone(const StandaloneForm& form, FunctionSpec& f, Visitor& v) {
  if (!form.given()) return;
  if (form.policy && form.servers)
    v.fault("servers", "either servers that are always there, or a policy");
  if (f.service.on_gpu) v.fault("service", "without a manifest there is no GPU: give seconds");
  if (!form.servers && (f.service.slots != 1 || f.service.discipline != Discipline::fcfs))
    v.fault(
        "service",
        "an instance serves one request at a time; servers may have slots and processor sharing");
  Standalone alone;
  alone.policy = form.policy.value_or("");
  alone.servers = form.servers.value_or(0);
  // A line in front of servers is the rule, in front of instances the exception.
  alone.wait_when_full = form.instances ? form.instances->wait : form.servers.has_value();
  if (form.instances) {
    alone.instances_max = form.instances->max;
    alone.queue_max = form.instances->queue_max;
  }
  if (!form.levels.empty() && !form.price) v.fault("levels", "levels need a price as well");
  if (!form.levels.empty() && form.servers)
    v.fault("levels", "servers are always there and left at no level");
  if (form.price) {
    alone.currency = form.price->keep.currency;
    alone.keep_per_hour = form.price->keep.per_hour;
    alone.start = form.price->start.amount;
    for (const LevelForm& one : form.levels) alone.levels.push_back(one.level);
    if (const std::string problem = problem_of(*form.price, form.levels); !problem.empty())
      v.fault("levels", problem);
  }
  f.standalone = alone;
}

using Functions = std::vector<FunctionSpec>;

Shape<Functions> in_one_currency(Shape<Functions> all) {
  return then<Functions, Functions>(
      all, [](const Functions& functions, const Cursor& at) -> std::optional<Functions> {
        std::string first;
        for (const FunctionSpec& function : functions) {
          if (!function.standalone || function.standalone->currency.empty()) continue;
          const std::string& currency = function.standalone->currency;
          if (first.empty()) first = currency;
          if (currency != first) {
            at.error("expected one currency, found " + first + " and " + currency);
            break;
          }
        }
        return functions;
      });
}

}  // namespace

Shape<std::vector<FunctionSpec>> functions_section() {
  return in_one_currency(by_name(object<FunctionSpec>("function", [](auto& v, FunctionSpec& f) {
    std::optional<Distribution> start, load;
    std::optional<Duration> stop;
    std::optional<GpuMemory> gpu_memory;
    StandaloneForm standalone;
    std::optional<Bytes> image;
    v.optional(
        "image", image, size(),
        "of the container images together, as stored in the registry; needed with a manifest");
    v.optional(
        "imageLayers", f.layers, list_of(layer()),
        "instead of image: its layers; a node pulls one only once, whichever images have it");
    v.optional("model", f.model, model(), "what a pod downloads when it starts");
    v.required("service", f.service, service(), "what a request costs");
    v.optional("containerStart", start, distribution(),
               "from image present to process running; default a guess");
    v.optional("fixedDelay", f.fixed_delay, distribution(),
               "before the model download; default 0s");
    v.optional("modelLoad", load, distribution(),
               "weights to the GPU, after the download; default a guess");
    v.optional("gpuMemory", gpu_memory, scenario::gpu_memory(),
               "what a replica takes of its GPUs once loaded; default its model's size, a guess");
    v.optional("stop", stop, duration(), "from SIGTERM to the end of the pod; default 2s, a guess");
    describe_standalone(v, standalone);
    v.optional("count", f.count, integer(1, kMostCopies),
               "without a manifest: so many alike, called NAME-1, NAME-2, …");
    if (!v.reading()) return;
    const bool has_image = v.has("image") || v.has("imageLayers");
    const bool of_manifest = has_image && !standalone.servers && !standalone.instances;
    if (of_manifest) {
      f.policy = standalone.policy.value_or("");
    } else {
      to_standalone(standalone, f, v);
    }
    if (f.standalone) return;
    for (const char* key : {"price", "levels"})
      if (v.has(key)) v.fault(key, "nodes have prices; only functions without a manifest have own");
    if (!has_image) v.fault("", "the key image is missing");
    if (v.has("image") && v.has("imageLayers"))
      v.fault("imageLayers", "either image, or the layers that it is made of");
    if (f.count) v.fault("count", "only functions without a manifest can be multiplied");
    f.image = image.value_or(Bytes{});
    for (const ImageLayer& one : f.layers) f.image += one.size;
    fill_defaults(f, start, load, stop, v);
    f.gpu_memory = bytes_of(gpu_memory, f);
    if (!gpu_memory && f.model && f.service.on_gpu) v.guess("gpuMemory", "as much as its model");
  })));
}

}  // namespace thaw::scenario
