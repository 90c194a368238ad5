// A test case of the Kubernetes client on the real control plane: a Transport for the admin, and
// whom else a case makes.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "drivers/kubernetes/json_fields.hpp"
#include "drivers/kubernetes/kubeconfig.hpp"
#include "drivers/kubernetes/reader.hpp"
#include "drivers/kubernetes/writer.hpp"
#include "tests/drivers/run_here.hpp"
#include "tests/live/plane_case.hpp"

namespace thaw::live {

// Of a kubeconfig file, which has to be good.
kubernetes::Access access_of(const std::string& kubeconfig);

class ClientCase : public PlaneCase {
 protected:
  template <class T>
  T run(Awaitable<T> task) {
    return loopback::run_here(io_, std::move(task));
  }
  template <class T>
  kubernetes::ApiError error_of(Awaitable<T> task) {
    try {
      loopback::run_here(io_, std::move(task));
    } catch (const kubernetes::ApiError& error) {
      return error;
    }
    throw std::logic_error("it did not fail");
  }
  // Pods that no node takes.
  void deploy(const std::string& name, int replicas) const;
  std::string in_space(const std::string& group, const std::string& resource) const {
    return "/" + group + "/namespaces/" + space() + "/" + resource;
  }
  // A ServiceAccount with these rules of a Role in the case's namespace; its token.
  std::string token_with(const std::string& account, const std::string& rules) const;
  // As whoever has this token.
  kubernetes::Access access_with(const std::string& token) const;

  boost::asio::io_context io_;
  kubernetes::Transport transport_{io_.get_executor(), access_of(plane().kubeconfig())};
  kubernetes::Reader reader_{transport_};
  kubernetes::Writer writer_{transport_};
};

}  // namespace thaw::live
