// Requests under way. A finished one's place is used again: memory follows the number in the
// system, not the total.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/entered.hpp"
#include "engine/event_queue.hpp"
#include "engine/time.hpp"
#include "engine/workload/answer.hpp"

namespace thaw::workload {

using RequestId = std::uint32_t;
inline constexpr RequestId kNoRequest = 0xFFFF'FFFF;

struct Request {
  TimePoint arrived;
  TimePoint taken = kLongAgo;            // by a replica, from the gateway that had kept it
  TimePoint began = TimePoint::never();  // its service
  Duration work{};                       // service time, alone on its replica
  Duration lead{};                       // of that, until its first token
  std::uint32_t prompt = 0, output = 0;  // tokens of a language model; output 0: none of one
  TimePoint first_token = TimePoint::never();
  std::uint32_t source = 0;  // of the load: which step or stream
  std::uint32_t client = 0;  // closed loop: which client
  std::uint32_t function = 0;
  RequestId whole = kNoRequest;       // a stage of a pipeline: the request that it is part of
  std::uint32_t rounds = kNoRequest;  // of federated learning: which, and which round of them
  std::uint32_t round = 0;
  std::uint64_t pod = 0;  // it was sent to; 0: none yet
  EventId gateway_limit, ingress_limit, poll;
  bool cold = false;
  bool picking = false;  // its wait is over and the gateway still looks for a pod
  bool live = false;
};

class Requests {
 public:
  RequestId open();
  void close(RequestId id);
  Request& get(RequestId id) { return requests_[id]; }
  std::size_t open_count() const { return open_; }
  // Ids of every request under way, ascending.
  std::vector<RequestId> under_way() const;

 private:
  std::vector<Request> requests_;
  std::vector<RequestId> free_;
  std::size_t open_ = 0;
};

}  // namespace thaw::workload
