// Which kinds a cluster serves, and where their objects are.
//
// Errors: ApiError. Source: the discovery API of Kubernetes (/api/v1, /apis, /apis/GROUP/VERSION).
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "drivers/http/awaitable.hpp"
#include "drivers/kubernetes/json.hpp"
#include "drivers/kubernetes/reader.hpp"

namespace thaw::applied {

struct Resource {
  std::string api_version, kind;
  std::string plural;  // "deployments"
  bool namespaced = true;
  bool kept = false;  // can be created and listed: no review, no binding
};

// "/apis/apps/v1/namespaces/x/deployments"; without a namespace, or where the kind has none, of the
// whole cluster.
std::string collection_of(const Resource& resource, const std::string& ns);
std::string path_of(const Resource& resource, const std::string& ns, const std::string& name);

class Served {
 public:
  // An APIResourceList; subresources are left out.
  void add(const kubernetes::Json& list);

  const Resource* find(const std::string& api_version, const std::string& kind) const;
  const std::vector<Resource>& all() const { return all_; }

 private:
  std::vector<Resource> all_;
  std::map<std::pair<std::string, std::string>, std::size_t> index_;
};

// Of these versions of groups ("v1", "apps/v1"); one that is not served adds nothing.
Awaitable<Served> discover(kubernetes::Reader& reader, std::vector<std::string> api_versions);
// Of every group the version that the server prefers; groups whose own server is down are left out.
Awaitable<Served> discover_all(kubernetes::Reader& reader);

}  // namespace thaw::applied
