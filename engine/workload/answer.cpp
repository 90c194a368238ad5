#include "engine/workload/answer.hpp"

namespace thaw::workload {

std::string_view name_of(CutBy cut) {
  switch (cut) {
    case CutBy::none:
      return "none";
    case CutBy::gateway:
      return "gateway";
    case CutBy::ingress:
      return "ingress";
    case CutBy::crash:
      return "crash";
    case CutBy::replica:
      return "replica";
    case CutBy::client:
      return "client";
  }
  return "none";
}

std::string_view name_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::completed:
      return "completed";
    case Outcome::timed_out:
      return "timed_out";
    case Outcome::rejected:
      return "rejected";
    case Outcome::failed:
      return "failed";
  }
  return "failed";
}

}  // namespace thaw::workload
