// Labels and annotations that a run puts on what it makes.
#pragma once

#include <map>
#include <string>

#include "drivers/kubernetes/json.hpp"

namespace thaw::applied {

struct Marks {
  std::string run;
  std::string function;                                 // empty: not of a function
  std::map<std::string, std::string> annotations = {};  // of the pods
};

// On the object itself, and on its pods' template where it has one; a Pod is its own. What is added
// to a template wins over what it says, but for app.kubernetes.io/managed-by, by which it may be
// selected.
void mark(kubernetes::Json& object, const Marks& marks);

// Claims that a StatefulSet makes go with it, unless it says what becomes of them.
void give_up_claims(kubernetes::Json& stateful_set);

// A port that a function's pods listen on though nobody declares it. What a Service leads to need
// not be declared; it is for those who look.
void declare_port(kubernetes::Json& workload, int port);

}  // namespace thaw::applied
