// What a controller saw and decided, as JSON lines (thaw.recording/v1), so that it can be decided
// again: by the same policy, to the same answers, or by another.
//
//   {"kind":"recording","schema":"thaw.recording/v1"}             the first line
//   {"kind":"function","function":0,"name":…,"policy":…,…}        a policy was made
//   {"kind":"step","function":0,"now_ns":…,…,"decision":{…}}      asked, and answered
//   {"kind":"look","function":0,"now_ns":…,…}                     facts without a question
//   {"kind":"stage","of":"pod","who":…,"what":"ready","at_ns":…}  of a pod or a node
//   {"kind":"request","name":…,"arrival_ns":…,"service_ns":…}     on a warm replica
//   {"kind":"calls","name":…,"until_ns":…,"arrived":9,…}          of a time, at a gateway
//
// Nothing is rounded: instants are integer nanoseconds since the Unix epoch, numbers have the
// digits that bring the very double back, and what is not finite is null. Fields that are empty are
// left out. A function's line stands again where its policy was made anew; what it kept is its
// state. Single instances are not recorded, as no one asks their policies, and neither is the
// future. Errors: InputError of the reader, with the line; the writer's are its sink's.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/policy.hpp"

namespace thaw::recording {

// A policy as it was made.
struct Made {
  Spec spec;
  std::string policy;
  std::optional<Replicas> most;  // an operator's cap
  std::optional<SavedState> state;
  bool continues = false;          // it was not made anew: here begins another file
  std::vector<std::string> wants;  // facts that it asked for, see wanted()
};

// The facts that a policy asks for, in words: "load", "pods", "peer 3", "metric pods/gpu …".
std::vector<std::string> wanted(const Wants& wants);

struct Stage;
struct Request;
struct Calls;

class Writer {
 public:
  using Sink = std::function<void(const std::string& line)>;  // the line ends with \n
  explicit Writer(Sink sink);

  void made(const Spec& spec, std::string_view policy, const Wants& wants,
            std::optional<Replicas> most = {}, const SavedState* state = nullptr,
            bool continues = false);
  void step(FunctionId function, const Observation& seen, const Decision& decided);
  void look(FunctionId function, const Observation& seen);
  void stage(const Stage& stage);
  void request(const Request& request);
  void calls(const Calls& calls);

 private:
  Sink sink_;
};

// An observation that owns what it shows. Not to be copied: its spans point into itself.
struct Seen {
  Seen() = default;
  Seen(const Seen&) = delete;
  Seen& operator=(const Seen&) = delete;
  Seen(Seen&&) = default;
  Seen& operator=(Seen&&) = default;

  Observation observation{};
  std::vector<Load> load;
  std::vector<MetricFacts> metrics;
  std::vector<std::vector<Milli>> series;
  std::vector<std::vector<PodSample>> samples;
  std::vector<PodFacts> pods;
  std::vector<std::vector<ResourceRequest>> requests;
  std::vector<PeerFacts> peers;
  std::vector<Duration> idle_times;
  std::vector<std::string> texts;  // that views point into
};

struct Asked {
  FunctionId function = 0;
  Seen seen;
  std::string decided;  // as decision_text has it; empty: facts without a question
};

// A pod or a node came to another stage of its life: what a timeline tells of it.
struct Stage {
  bool node = false;
  std::string name;  // of the function, or of the pool
  std::string who, what;
  TimePoint at;
};

struct Request {
  std::string name;  // of the function
  TimePoint arrival;
  Duration service;  // what it takes, or would take, on a warm replica
};

// How many calls of a function came, and how those that ended did; completed and cold are both said
// of a call that waited for a start. Since the line before, or the recording's begin.
struct Calls {
  std::string name;  // of the function
  TimePoint until;
  std::uint64_t arrived = 0, completed = 0, cold = 0, timed_out = 0, rejected = 0, failed = 0,
                unfinished = 0;
};

using Line = std::variant<Made, Asked, Stage, Request, Calls>;

class Reader {
 public:
  // `file` is what errors name.
  explicit Reader(std::string file) : file_(std::move(file)) {}
  // One line, without its end. Nothing: the first, or an empty one.
  std::optional<Line> read(std::string_view line);
  int line() const { return line_; }  // the number of the last

 private:
  std::string file_;
  int line_ = 0;
  bool begun_ = false;
};

// A decision with all that makes it: two are the same if their texts are.
std::string decision_text(const Decision& decision);

}  // namespace thaw::recording
