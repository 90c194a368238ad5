// The hops of a call on its way to a function, each with how long it waits: for the first replica
// while there is none, and for the answer.
//
// Only what the files say: an Ingress or a VirtualService that leads there, and the gateway of the
// function's own system. Errors: none; what cannot be read counts as its default.
#pragma once

#include <string>
#include <vector>

#include "engine/lint/subject.hpp"

namespace thaw::lint {

struct Hop {
  std::string what;    // "Ingress slimfaas (proxy-read-timeout)"
  Duration waits{};    // for a replica
  Duration answers{};  // for the answer
  Place place;         // of the setting; of the object where it has its default
  // What to write there, with the seconds in place of "{}".
  std::string mend;
};

// Outermost first.
std::vector<Hop> hops_to(const Subject& subject, const Workload& function);

// The one that gives up first; nullptr: none ever does.
const Hop* shortest(const std::vector<Hop>& hops, Duration Hop::*limit);

// The Services that lead to its pods.
std::vector<const ServiceObject*> services_of(const Manifests& manifests, const Workload& workload);

// Whether one of those Services is what an Ingress or a route leads to; of Knative it is by the
// authority.
bool leads_to(const std::vector<const ServiceObject*>& services, const IngressObject& ingress);
bool leads_to(const std::vector<const ServiceObject*>& services,
              const VirtualServiceObject& service, const VirtualServiceRoute& route,
              const Workload& workload);

// As written, of an API group ("networking.k8s.io/"); nullptr: it is not among the files (of a
// chart, for instance).
const yaml::Node* node_of(const Subject& subject, std::string_view group, std::string_view kind,
                          const std::string& name, const std::string& ns);

}  // namespace thaw::lint
