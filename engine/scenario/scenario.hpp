// A scenario, parsed once: after load() nobody asks again whether a value is sane.
//
// Units are in the types; rates are per second. Lists keep the file's order. Every name that is
// referred to exists (functions, pools, steps), every duration is at least 0, every rate and size
// above 0 unless said.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/arrivals.hpp"
#include "engine/checks/check.hpp"
#include "engine/checks/expression.hpp"
#include "engine/diagnostic.hpp"
#include "engine/distribution.hpp"
#include "engine/quantity.hpp"
#include "engine/scenario/manifest.hpp"
#include "engine/scenario/node_autoscaling.hpp"
#include "engine/time.hpp"
#include "engine/version.hpp"

namespace thaw {

// Money in billionths of the currency unit: 0.75 EUR/h is 750'000'000 an hour.
using Nanomoney = std::int64_t;

struct Price {
  std::string currency = "EUR";
  Nanomoney per_hour = 0;
  std::string source;     // where the number comes from
  bool verified = false;  // false: a notice says so
};

struct Machine {
  std::string preset;  // "scaleway/L4-1-24G", empty if spelled out
  Millicores cpu{};
  Bytes memory{};
  int gpus = 0;
  std::string gpu_model;
  Bytes gpu_memory{};  // of one card; 0: not known
  Price price;
  Duration billing_unit{};     // the bill of a finished node is rounded up to a multiple; 0: none
  Duration billing_minimum{};  // and to this at least, before that
};

// From "node requested" to "GPU allocatable", split in three: VM created, Node Ready, GPU
// allocatable.
struct Provisioning {
  Distribution total;
  double instance_ratio = 0.35, boot_ratio = 0.15, gpu_ratio = 0.50;  // sum 1
};

// How a node offers its GPUs to pods.
struct GpuSharing {
  enum class Mode : std::uint8_t { whole, mig, vgpu, time_slicing, mps, remote };
  enum class Packing : std::uint8_t { binpack, spread };
  // What gpuSeconds are seconds of where a card is cut.
  enum class Pace : std::uint8_t { instance, compute, memory };
  Mode mode = Mode::whole;
  std::string profile;                // mig, all instances alike: "1g.5gb", of the machine's card
  std::vector<std::string> profiles;  // mig, several kinds: one each an instance
  Pace pace = Pace::instance;         // mig
  std::optional<Duration> reboot;  // mig, of a new node; else it boots once more if its card must
  int per_card = 1;                // so many shares are offered of each card
  Version hami;                    // vgpu: which release of HAMi splits the cards
  Bytes default_memory;  // vgpu: of each card, for a pod that asks for none; 0: the whole card
  Packing nodes = Packing::binpack, cards = Packing::spread;  // vgpu
  bool shares_foreseen = true;    // a node autoscaler counts per_card on nodes that are not there
  Duration call_latency{};        // remote: added to each request's work
  int interference_milli = 1000;  // work beside others at work takes so many thousandths as long
};

struct Pool {
  std::string name;
  Machine machine;
  GpuSharing gpu_sharing;
  int nodes_min = 0, nodes_max = 0;
  std::vector<Taint> taints;
  std::map<std::string, std::string> labels;
  Provisioning provisioning;
  // For the node autoscaler: whether the nodes carry their provider's GPU label, whether they are
  // annotated scale-down-disabled, and their rank for the expander `priority`.
  bool gpu_label = true, scale_down_disabled = false;
  int priority = 0;
  std::optional<Spot> spot;
};

// Shared bandwidth. `node` and `pull` are each node's own: its network card, and how fast one node
// can download and unpack images; the others are one link for the whole cluster.
struct Links {
  BytesPerSecond registry{1'000'000'000}, internet{500'000'000}, volume{400'000'000},
      node{1'000'000'000}, pull{60'000'000};
  BytesPerSecond host_memory{0};  // of a model that the node has in its memory; 0: it keeps none
};

struct ClusterSpec {
  int instances_max = 0;  // of all standalone functions together; 0: no limit
  int activators = 1;     // of Knative; each sees every revision
  NodeAutoscaler node_autoscaler;
  Links links;
  std::vector<Pool> pools;
};

enum class Discipline : std::uint8_t { fcfs, ps };
enum class QueuePlace : std::uint8_t { central, replica };
enum class Dispatch : std::uint8_t {
  newest,
  oldest,
  recently_idle,
  longest_idle,
  least_in_flight,
  random
};

// A server of a language model such as Ollama's. Alone on a whole card a request takes
// prompt / prefill + output / decode; of n in service each goes at min(n, batch) / n of that.
struct Llm {
  Distribution prompt, output;     // of a request, in tokens where others are in nanoseconds
  double prefill = 0, decode = 0;  // tokens a second
  int batch = 1;                   // as many go at full speed side by side; more share that
  int queue_max = 512;             // wait at a replica, beyond its slots
  std::int64_t kv_tokens = 0;      // for all in service on a replica; 0: no limit
  Duration keep_alive = std::chrono::minutes(5);  // of the weights, after the last request
};

struct Service {
  Distribution duration;  // of one request, alone on a whole card (gpuSeconds) or as such (seconds)
  std::optional<Distribution>
      cold;  // the whole service of a request that starts an instance, instead
  bool on_gpu = false;
  std::optional<Llm> llm;  // then `duration` is a constant, the mean
  Millicores cpu{};        // that one request in service keeps busy; 0: nobody said
  int slots = 1;           // requests in service at once on one replica
  Discipline discipline = Discipline::fcfs;
  QueuePlace queue = QueuePlace::replica;
  Dispatch dispatch = Dispatch::least_in_flight;
};

// Of an image: pulled once a node, whichever images have it.
struct ImageLayer {
  std::string name;  // its digest, or any other name that is one layer's alone
  Bytes size{};
};

struct Model {
  std::string name;
  Bytes size{};
  enum class From : std::uint8_t { internet, volume, registry } from = From::internet;
};

// A function that no manifest deploys: it runs in instances that a policy keeps alive, or on
// servers that are always there. No nodes, no gateway, no cold-start stages: the world of queueing
// theory and of keep-alive studies.
struct Standalone {
  // In which an idle instance may be left, between nothing of it and ready to serve.
  struct Level {
    std::string name;
    Nanomoney keep_per_hour = 0, start = 0;  // start: beside the time that it takes
    Distribution to_serve;
  };
  std::string policy;           // "keep_alive:idle=600s"; empty with `servers`
  int servers = 0;              // always on, `slots` requests each; 0: instances
  int instances_max = 0;        // 0: no limit of its own
  bool wait_when_full = false;  // else a request that finds no room is rejected
  int queue_max = 0;            // how many may wait; 0: no limit
  std::string currency;         // empty: nothing is paid for
  Nanomoney keep_per_hour = 0;  // of an instance or a server, as long as it is there
  Nanomoney start = 0;          // of a start from nothing, beside the time that it takes
  std::vector<Level> levels;    // each kept for more than the one before
};

// What a manifest cannot say about a function, merged with the workload object of the same name.
struct FunctionSpec {
  std::string name;
  Place place;
  std::size_t workload =
      0;  // index into Manifests::workloads; without meaning where `standalone` is set
  std::optional<Standalone> standalone;
  std::string policy;        // of a manifest's function: instead of what the manifest asks for
  std::optional<int> count;  // as written; load() has made the copies
  Bytes image{};             // 0: nothing to pull
  std::vector<ImageLayer> layers;  // of the image, adding up to it; empty: it shares none
  std::optional<Model> model;
  Service service;
  Distribution container_start;  // from image present to process running
  Distribution fixed_delay;      // before the model download (document 1: `sleep 10`)
  Distribution model_load;       // weights to the GPU, after the download
  Bytes gpu_memory{};            // of a replica once loaded, over all its cards; 0: not known
  Duration stop{};               // from SIGTERM to the pod's end
  Duration sidecar{};            // after its containers run: Ready not before; 0: no sidecar
};

enum class Method : std::uint8_t { get, post };

// Functions that a request passes one after another, each by a call through that function's own
// front door. The answer is there when the last one's is; a stage that fails fails the request.
struct Pipeline {
  // Looked up before stage `at`: a hit leaves the stage out, a miss reads the store and goes on.
  struct Cache {
    std::string at;
    double hit_ratio = 0;
    Duration latency{}, store{};
  };
  std::string name;
  Place place;
  std::vector<std::string> stages;  // names of functions
  std::optional<Cache> cache;
  Duration hop{};  // added to each stage's call: sidecars on both sides
};

// Scripted calls.
struct Step {
  std::string name;
  Place place;
  std::optional<Instant> at;       // either at …
  std::optional<Expression> when;  // … or when, with its limit
  Duration within{};
  Method method = Method::get;
  std::string path;
  int count = 1;
  Duration every{};                     // between two calls of the same step; 0: all at once
  std::optional<Distribution> service;  // instead of the function's own
};

// A stream of arrivals: an open process, a closed loop of clients, or a trace.
struct Arrivals {
  enum class Source : std::uint8_t { process, closed, trace };
  std::string name;
  Place place;
  Source source = Source::process;
  ArrivalProcess process;
  int clients = 0;     // closed loop
  Distribution think;  // closed loop: between an answer and the next call
  std::string
      trace;  // trace: the file, .csv or .csv.gz, with the columns arrival_s, function, duration_s
  std::string function;  // of a trace: empty, its own column says; or all rows are for this one
  std::string pipeline;  // instead of a function; empty: none
  Method method = Method::get;
  std::string path;  // default "/function/NAME/"
  Duration from{}, until{};
  std::optional<Distribution> service;
};

// Federated learning: a round calls every client once, waits until each has answered or the
// timeout has passed (stragglers are left to themselves), then calls the aggregate, and the next
// round begins.
struct Rounds {
  std::string name;
  Place place;
  std::vector<std::string> clients;  // functions
  int number = 1;
  std::string aggregate;  // a function; empty: none
  Duration timeout = std::chrono::seconds(600);
  Duration from{};
};

// How a GPU's utilisation gets to whoever reads it; what each stage adds to its age.
struct MetricsPath {
  Duration collection = std::chrono::seconds(30);  // of the exporter
  std::optional<Duration> sample;  // what a value is of, before its collection; else all of it
  Duration scrape = std::chrono::seconds(15);  // of the store
  Duration latency_offset{};       // the store answers as of so long ago; VictoriaMetrics: 30 s
  std::optional<Duration> relist;  // of prometheus-adapter, instead of its own setting
};

// What goes wrong on purpose. `lasts` empty: to the end of the run. `pool` empty: the whole
// cluster.
struct Fault {
  enum class Kind : std::uint8_t {
    controller_crash,
    node_loss,        // the oldest node of the pool that is up
    spot_loss,        // the same, announced
    stock_out,        // the cloud has no machines of the pool
    slow_join,        // a stage of provisioning takes longer
    quota,            // no more than so many machines
    registry_outage,  // no image can be pulled, or slowly
    metrics_outage,   // nobody answers for metrics, or always the same, or NaN
    api_throttling,   // writes of the autoscalers take longer
    clock_skew,       // the controller's clock is off
  };
  enum class Metrics : std::uint8_t { none, stale, nan };
  enum class Stage : std::uint8_t { instance, boot, gpu };
  Kind kind = Kind::controller_crash;
  std::string name;
  Place place;
  Instant at;
  Duration down{};         // controller_crash: until it is back
  bool state_kept = true;  // controller_crash
  std::string pool;
  std::optional<Duration> lasts;
  bool silent = false;             // stock_out: no error, the machine just never comes
  Stage stage = Stage::instance;   // slow_join
  double times = 1;                // slow_join; registry_outage: above 1 it is slow, not out
  Duration longer{};               // slow_join: added after that
  int nodes = 0;                   // quota
  std::optional<Duration> notice;  // spot_loss: instead of the pool's
  Metrics answer = Metrics::none;  // metrics_outage; stale: the last answer again and again
  Duration delay{};                // api_throttling: of each write
  Duration off{};                  // clock_skew: ahead by so much; negative: behind
};

struct Scenario {
  std::string name;
  TimePoint start;
  Versions versions;
  ClusterSpec cluster;
  Manifests manifests;
  MetricsPath metrics;
  std::vector<FunctionSpec> functions;
  std::vector<Pipeline> pipelines;
  std::vector<Step> steps;
  std::vector<Arrivals> arrivals;
  std::vector<Rounds> rounds;
  std::vector<Check> checks;
  std::vector<Fault> faults;
  std::optional<Duration> until;     // from the start
  std::optional<Duration> sampling;  // of series.csv
  Duration
      warm_up{};  // from the start; requests that arrive in it and time until then do not count
  std::vector<std::string> notices;  // what is said and not modelled
};

}  // namespace thaw
