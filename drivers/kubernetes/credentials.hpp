// Who asks: how a kubeconfig or a pod says it, and the header that it makes.
//
// Errors: CredentialError, with no secret in it. Threads: those of the Transport; an exec plugin is
// a child process that is waited for without blocking. Sources: client.authentication.k8s.io/v1 and
// v1beta1; client-go (token files read again each minute).
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "drivers/http/awaitable.hpp"
#include "drivers/http/endpoint.hpp"
#include "drivers/http/message.hpp"
#include "engine/time.hpp"

namespace thaw::kubernetes {

struct StaticToken {
  std::string token;
};
struct TokenFile {
  std::string path;
};
struct BasicAuth {
  std::string username, password;
};
// A program that prints an ExecCredential.
struct ExecPlugin {
  std::string api_version;  // client.authentication.k8s.io/v1 or …/v1beta1
  std::string command;      // relative with a '/': to the kubeconfig's folder, made absolute
  std::vector<std::string> args;
  std::vector<std::pair<std::string, std::string>> env;
  std::string install_hint;
  std::string cluster;  // the JSON of spec.cluster; empty: provideClusterInfo is false
  Duration within = 30s;
};
using CredentialSource =
    std::variant<std::monostate, StaticToken, TokenFile, BasicAuth, ExecPlugin>;

class CredentialError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Credential {
  std::string authorization;     // a whole Authorization value, or empty
  std::string certificate, key;  // PEM, when the plugin gave them
};

class Credentials {
 public:
  explicit Credentials(CredentialSource source);
  ~Credentials();

  // From memory while it is fresh: a file for a minute, a plugin's until it expires.
  Awaitable<Credential> current();
  // The server said 401 to this one: the next current() reads or runs again, unless another did
  // meanwhile. Returns false where there is nothing to renew (a static token).
  bool rejected(const Credential& credential);

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace thaw::kubernetes
