// What runs left on a cluster, and taking it away: after a run, after Ctrl-C, after a crash.
//
// Only what a run made goes: what its ConfigMaps own, what is the cluster's and bears its label,
// and the namespaces that it made. A namespace that holds something else by now stays, and is told.
// Errors: ApiError. Threads: those of the Transport.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "drivers/http/awaitable.hpp"
#include "drivers/kubernetes/reader.hpp"
#include "drivers/kubernetes/writer.hpp"
#include "engine/time.hpp"

namespace thaw::applied {

struct RunLeft {
  std::string id;
  std::string scenario, since, identity;  // empty: its ConfigMaps are gone already
  std::vector<std::string> namespaces;    // where something of it is, or that it made
};

// By id. `namespaces`: where to look; empty: the whole cluster, which needs the right to.
Awaitable<std::vector<RunLeft>> runs(kubernetes::Reader& reader,
                                     std::vector<std::string> namespaces = {});

struct CleanSettings {
  std::vector<std::string> namespaces = {};  // as above
  Duration within{120s};
  std::function<void(const std::string&)> log = {};
};

struct Cleaned {
  std::vector<std::string> removed;  // "Deployment x in namespace y"
  std::vector<std::string> left;     // and why
};

Awaitable<Cleaned> clean(kubernetes::Reader& reader, kubernetes::Writer& writer, std::string run,
                         CleanSettings settings);

}  // namespace thaw::applied
