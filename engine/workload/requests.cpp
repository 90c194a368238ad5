#include "engine/workload/requests.hpp"

namespace thaw::workload {

RequestId Requests::open() {
  RequestId id;
  if (free_.empty()) {
    id = static_cast<RequestId>(requests_.size());
    requests_.emplace_back();
  } else {
    id = free_.back();
    free_.pop_back();
    requests_[id] = {};
  }
  requests_[id].live = true;
  ++open_;
  return id;
}

void Requests::close(RequestId id) {
  requests_[id].live = false;
  free_.push_back(id);
  --open_;
}

std::vector<RequestId> Requests::under_way() const {
  std::vector<RequestId> ids;
  for (RequestId id = 0; id < requests_.size(); ++id)
    if (requests_[id].live) ids.push_back(id);
  return ids;
}

}  // namespace thaw::workload
