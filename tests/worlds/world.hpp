// What every world can be asked, so that one suite of stories is told in all of them.
//
// The functions are SlimFaas's, by its annotations. Time is the world's own: real seconds in the
// live one.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/time.hpp"

namespace thaw::worlds {

struct FunctionSetup {
  std::string name;
  int timeout_s = 6;
  int at_start = 1;
  std::string depends_on = {};
};

class World {
 public:
  virtual ~World() = default;
  virtual void begin(const std::vector<FunctionSetup>& functions) = 0;  // each at zero replicas
  virtual void pass(Duration length) = 0;
  virtual void wake(const std::string& function) = 0;
  virtual void restart() = 0;  // the controller dies and comes back to the state that it kept
  virtual int desired(const std::string& function) = 0;  // .spec.replicas
  // From a wake until it is decided, written, and a replica is ready, at most.
  virtual Duration start_up() const = 0;
};

struct Offer {
  const char* name;
  std::unique_ptr<World> (*make)();
};

// Those that this program can tell stories in.
std::vector<Offer> worlds_here();

}  // namespace thaw::worlds
