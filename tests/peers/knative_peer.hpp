// Knative Serving as it is: webhook, controller, autoscaler and activator, each a process, on a
// control plane whose pods run the real queue-proxy. There is no ingress: calls go to the
// activator, as an ingress sends them while its path is `proxy`.
//
// Errors: std::runtime_error where a step of the installation is refused.
#pragma once

#include <list>
#include <string>

#include "tests/live/plane.hpp"
#include "tests/live/process.hpp"

namespace thaw::peers {

class KnativePeer {
 public:
  KnativePeer();

  live::Plane& plane() { return plane_; }
  // Applies a manifest; repeated while a webhook does not answer yet.
  void apply(const std::string& manifest);
  // The newest revision of a Service, once the autoscaler knows it.
  std::string revision_of(const std::string& service);
  // Autoscaler and activator anew: at which instants of a second they work is settled as they
  // start.
  void start_anew();
  std::string autoscaler_log() const;
  int stop();

 private:
  void install();
  void start_scalers();
  void run(std::list<live::Companion>& among, const std::string& name, int port,
           const std::string& more = {});

  live::Plane plane_;
  std::list<live::Companion> programs_, scalers_;
};

// Where all of them are reached: an address of the plane that an EndpointSlice may hold.
constexpr const char* kAddress = "10.244.0.1";
constexpr int kActivator = 8012;

}  // namespace thaw::peers
