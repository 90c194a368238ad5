// The server's side of TLS, on sockets that do not block.
//
// TLS 1.2 and above; ALPN says http/1.1 and nothing else. Errors: Failure::tls from the
// constructor. Threads: one. Source: OpenSSL 3.
#pragma once

#include <openssl/types.h>

#include <cstddef>
#include <memory>
#include <string>

#include "drivers/http/tls_context.hpp"

namespace thaw::http {

// One connection. What an operation wants before it can go on is for the caller to wait for.
class TlsSession {
 public:
  enum class Want : unsigned char { nothing, read, write, end, failure };
  struct Moved {
    std::size_t bytes = 0;
    Want want = Want::nothing;  // with no bytes
  };

  TlsSession(SSL_CTX* context, int socket);  // the socket stays the caller's
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;
  ~TlsSession();

  Want shake_hands();
  Moved read(char* to, std::size_t size);
  // After want read or write: to be called again with the same bytes, or more behind them.
  Moved write(const char* from, std::size_t size);
  void shut_down();          // says goodbye, and waits for nobody
  bool holds_bytes() const;  // read from the socket already

 private:
  Want why(int result);

  SSL* ssl_;
};

// A certificate and its key, as files that may be renewed.
class TlsServer {
 public:
  TlsServer(std::string certificate, std::string key);  // paths of PEM files
  ~TlsServer();

  std::unique_ptr<TlsSession> accept(int socket) const;
  // Reads the files again if they changed; what cannot be used is left alone: no failure for those
  // who connect, and the reason is returned.
  std::string reread();

 private:
  std::string certificate_, key_, stamp_;
  TlsContext context_;
};

}  // namespace thaw::http
