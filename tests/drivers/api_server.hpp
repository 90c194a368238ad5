// A loopback API server for one test: https://127.0.0.1, one way in, and a handler.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "drivers/kubernetes/transport.hpp"
#include "tests/drivers/loopback_server.hpp"
#include "tests/drivers/run_here.hpp"

namespace thaw::loopback {

class ApiServerTest : public ::testing::Test {
 protected:
  void serve(LoopbackServer::Handler handler,
             kubernetes::CredentialSource credentials = kubernetes::StaticToken{"t"}) {
    server_.emplace(io_, ServerTls{authority_.issue("server", {"IP:127.0.0.1"}), ""},
                    std::move(handler));
    kubernetes::Access access;
    access.endpoint.host = "127.0.0.1";
    access.endpoint.port = server_->port();
    access.endpoint.tls->ca = authority_.certificate();
    access.credentials = std::move(credentials);
    transport_ = std::make_unique<kubernetes::Transport>(io_.get_executor(), std::move(access));
  }
  template <class T>
  T run(Awaitable<T> task) {
    return run_here(io_, std::move(task));
  }
  template <class T>
  kubernetes::ApiError error_of(Awaitable<T> task) {
    try {
      run_here(io_, std::move(task));
    } catch (const kubernetes::ApiError& error) {
      return error;
    }
    throw std::logic_error("it did not fail");
  }

  boost::asio::io_context io_;
  Authority authority_{"authority"};
  std::optional<LoopbackServer> server_;
  std::unique_ptr<kubernetes::Transport> transport_;
};

}  // namespace thaw::loopback
