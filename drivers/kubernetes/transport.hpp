// One API server: the connections to it and the credentials, nothing of what is asked.
//
// GET is for everyone; a request that changes something goes through a Writer, and only a Writer
// can send one. A 401 renews the credentials and asks again, once. A plugin's new client
// certificate makes new connections; streams under way go on with the old one.
// Errors: ApiError. Threads: all on the one thread that runs the executor's io_context.
#pragma once

#include <memory>

#include "drivers/http/awaitable.hpp"
#include "drivers/http/client.hpp"
#include "drivers/kubernetes/error.hpp"
#include "drivers/kubernetes/kubeconfig.hpp"

namespace thaw::kubernetes {

class Transport {
 public:
  Transport(boost::asio::any_io_executor executor, Access access, http::Bounds bounds = {});
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;
  ~Transport();  // closes

  // Any status but 401 is returned as it is.
  Awaitable<http::Response> get(std::string target, Duration within);
  Awaitable<http::Response> stream(std::string target, Duration head_within, Duration silence,
                                   http::Client::Line line);
  // Ends every call under way; later ones fail at once.
  void close();
  bool closed() const;

  const Access& access() const;
  boost::asio::any_io_executor executor() const;
  http::Traffic traffic() const;

 private:
  friend class Writer;
  Awaitable<http::Response> send(http::Request request, Duration within);

  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace thaw::kubernetes
