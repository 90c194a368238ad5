// Where the load's calls go in. One kind a world: the simulated Ingress, a live gateway.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "engine/scenario/scenario.hpp"
#include "engine/workload/requests.hpp"

namespace thaw::workload {

struct Call {
  enum class Kind : std::uint8_t { function, wake, wake_all, status, unknown };
  Kind kind = Kind::unknown;
  std::size_t function = 0;  // function, wake, status
  Method method = Method::get;
  bool hidden = false;  // private, called from outside
};

// How one path of the load travels; resolved once.
struct Route {
  bool through_ingress = false;
  Duration read_timeout{};
  std::optional<Answer> refused;  // no rule for the path, or no Service behind it
  Call call;
  std::uint32_t target = 0;  // the door's own word for the path; 0: the function's root
};

class Door {
 public:
  virtual ~Door() = default;
  virtual Route resolve(Method method, std::string_view path) = 0;
  // The load's replied() tells its end, maybe at once.
  virtual void accept(RequestId id, const Route& route) = 0;
};

}  // namespace thaw::workload
