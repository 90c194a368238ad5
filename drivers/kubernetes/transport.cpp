#include "drivers/kubernetes/transport.hpp"

#include <chrono>
#include <functional>
#include <utility>
#include <vector>

#include "drivers/kubernetes/sleep.hpp"

namespace thaw::kubernetes {

class Transport::Impl {
 public:
  Impl(boost::asio::any_io_executor at, Access how, http::Bounds bounds)
      : executor(std::move(at)),
        access(std::move(how)),
        bounds_(bounds),
        credentials_(access.credentials) {
    if (access.endpoint.tls) {
      certificate_ = access.endpoint.tls->certificate;
      key_ = access.endpoint.tls->key;
    }
  }

  // Asks once with the credentials at hand; `exchange` does it on a client with a request.
  using Exchange = std::function<Awaitable<http::Response>(http::Client&, http::Request)>;
  static Awaitable<http::Response> ask(std::shared_ptr<Impl> self, http::Request request,
                                       Exchange exchange);
  void close() {
    closed = true;
    for (const auto& client : clients_) {
      if (const auto open = client.lock()) open->close();
    }
  }

  http::Traffic traffic() const {
    http::Traffic sum = past_;
    if (!client_) return sum;
    const http::Traffic& now = client_->traffic();
    return {sum.requests + now.requests, sum.connections + now.connections,
            sum.failures + now.failures, sum.bytes_in + now.bytes_in};
  }

  boost::asio::any_io_executor executor;
  Access access;
  bool closed = false;

 private:
  // The one for these credentials: a client certificate belongs to its connections.
  std::shared_ptr<http::Client> client_for(const Credential& credential);

  http::Bounds bounds_;
  Credentials credentials_;
  std::string certificate_, key_;  // in use
  std::shared_ptr<http::Client> client_;
  std::vector<std::weak_ptr<http::Client>> clients_;  // old ones may still stream
  http::Traffic past_;                                // of those
};

std::shared_ptr<http::Client> Transport::Impl::client_for(const Credential& credential) {
  const bool given = !credential.certificate.empty();
  if (client_ && (!given || credential.certificate == certificate_)) return client_;
  if (given && access.endpoint.tls) {
    access.endpoint.tls->certificate = certificate_ = credential.certificate;
    access.endpoint.tls->key = key_ = credential.key;
  }
  past_ = traffic();
  client_ = std::make_shared<http::Client>(executor, access.endpoint, bounds_);
  std::erase_if(clients_, [](const auto& client) { return client.expired(); });
  clients_.push_back(client_);
  return client_;
}

Awaitable<http::Response> Transport::Impl::ask(std::shared_ptr<Impl> self, http::Request request,
                                               Exchange exchange) {
  const http::Request plain = request;
  http::Response response;
  for (int attempt = 0; attempt < 2; ++attempt) {
    Credential credential;
    try {
      if (self->closed) throw http::Failure(http::Failure::Kind::closed, "this client is closed");
      credential = co_await self->credentials_.current();
      http::Request signed_request = plain;
      for (const auto& header : self->access.impersonation) {
        signed_request.headers.push_back(header);
      }
      if (!credential.authorization.empty()) {
        signed_request.headers.emplace_back("Authorization", credential.authorization);
      }
      const std::shared_ptr<http::Client> client = self->client_for(credential);
      response = co_await exchange(*client, std::move(signed_request));
    } catch (const http::Failure& failure) {
      throw error_of(plain, failure);
    } catch (const CredentialError& problem) {
      ApiError::Facts facts;
      facts.kind = ApiError::Kind::unauthorized;
      facts.request = describe("get", plain.target);
      facts.reason = problem.what();
      throw ApiError(std::move(facts));
    }
    if (response.status != 401 || !self->credentials_.rejected(credential)) break;
  }
  if (response.status == 401) throw error_of(plain, response);
  co_return response;
}

Transport::Transport(boost::asio::any_io_executor executor, Access access, http::Bounds bounds)
    : impl_(std::make_shared<Impl>(std::move(executor), std::move(access), bounds)) {}
Transport::~Transport() { close(); }

Awaitable<http::Response> Transport::send(http::Request request, Duration within) {
  const SteadyInstant until = steady_now() + within;
  request.headers.emplace_back("User-Agent", access().user_agent);
  request.headers.emplace_back("Accept", "application/json");
  return Impl::ask(impl_, std::move(request), [until](http::Client& client, http::Request signed_) {
    return client.send(std::move(signed_), until - steady_now());
  });
}

Awaitable<http::Response> Transport::get(std::string target, Duration within) {
  http::Request request;
  request.target = std::move(target);
  return send(std::move(request), within);
}

Awaitable<http::Response> Transport::stream(std::string target, Duration head_within,
                                            Duration silence, http::Client::Line line) {
  http::Request request;
  request.target = std::move(target);
  request.headers.emplace_back("User-Agent", access().user_agent);
  request.headers.emplace_back("Accept", "application/json");
  return Impl::ask(
      impl_, std::move(request),
      [head_within, silence, line = std::move(line)](http::Client& client, http::Request signed_) {
        return client.stream(std::move(signed_), head_within, silence, line);
      });
}

void Transport::close() { impl_->close(); }
bool Transport::closed() const { return impl_->closed; }
const Access& Transport::access() const { return impl_->access; }
boost::asio::any_io_executor Transport::executor() const { return impl_->executor; }
http::Traffic Transport::traffic() const { return impl_->traffic(); }

}  // namespace thaw::kubernetes
