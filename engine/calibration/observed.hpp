// What a recording says of how long things take.
//
//   provisioning   of a pool: a node from its order until it is usable (its cards allocatable; a
//                  node without cards: Ready), and which shares of it its stages take
//   containerStart of a function: from the image on the node to a running container
//   service        of a function: its requests, on a warm replica
//   metric age     of a function's metrics: how old they were when its policy saw them
// Units: seconds. Errors: none; what is only begun at the recording's end counts for nothing.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "engine/recording/recording.hpp"

namespace thaw::calibration {

struct Provisioned {
  std::vector<double> total;
  double instance = 0, boot = 0, gpu = 0;  // sums over those nodes
};

struct Observed {
  std::map<std::string, Provisioned> pools;
  std::map<std::string, std::vector<double>> container_starts, services;
  std::map<std::pair<std::string, std::string>, std::vector<double>> metric_ages;

  void add(const Observed& other);  // of another recording
};

class Observing {
 public:
  void take(const recording::Line& line);
  void take(const recording::Made& made);
  void take(const recording::Asked& asked);
  void take(const recording::Stage& stage);
  void take(const recording::Request& request);
  void take(const recording::Calls&) {}  // how long none of them took is known
  // Once every line was taken.
  Observed finish();

 private:
  struct Life {
    std::string name;
    std::map<std::string, TimePoint> stages;  // the first time of each
  };
  Observed observed_;
  std::map<std::string, Life> nodes_, pods_;  // by who
  std::map<FunctionId, std::pair<std::string, std::vector<std::string>>> functions_;
};

}  // namespace thaw::calibration
