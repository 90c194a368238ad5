// What OpenSSL needs to be told about a server: whom to trust, who we are, whose name to expect.
//
// Errors: Failure::tls, with no key in it. Source: OpenSSL 3; the rules of Go's crypto/tls, so that
// what kubectl accepts is accepted: the CN is no name, and what is trusted need not sign itself.
#pragma once

#include <openssl/types.h>

#include <memory>
#include <string>

#include "drivers/http/endpoint.hpp"

namespace thaw::http {

struct FreeContext {
  void operator()(SSL_CTX* context) const;
};
using TlsContext = std::unique_ptr<SSL_CTX, FreeContext>;

// Failure::tls: `what`, and what OpenSSL says of it.
[[noreturn]] void refuse_tls(const std::string& what);

TlsContext make_tls_context(const Tls& tls);

// Before the handshake: SNI, and the name that the certificate must bear. `host` may be an address.
void expect_server(SSL* connection, const Tls& tls, const std::string& host);

// After a handshake that failed: "its certificate is not for 10.0.0.1", or OpenSSL's own words.
std::string why_refused(SSL* connection, const Tls& tls, const std::string& host,
                        const std::string& otherwise);

}  // namespace thaw::http
