#include "drivers/http/tls_server.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <utility>

#include "drivers/http/failure.hpp"

namespace thaw::http {
namespace {

// OpenSSL's own socket BIO writes without MSG_NOSIGNAL: a caller who hangs up would end the
// process.
int handle_of(BIO* bio) {
  return static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio)));
}

int moved(BIO* bio, ssize_t result, bool reading) {
  BIO_clear_retry_flags(bio);
  if (result < 0 && (errno == EAGAIN || errno == EINTR)) {
    if (reading) {
      BIO_set_retry_read(bio);
    } else {
      BIO_set_retry_write(bio);
    }
  }
  return static_cast<int>(result);
}

int send_bytes(BIO* bio, const char* bytes, int size) {
  return moved(
      bio,
      ::send(handle_of(bio), bytes, static_cast<std::size_t>(size), MSG_NOSIGNAL | MSG_DONTWAIT),
      false);
}

int receive_bytes(BIO* bio, char* bytes, int size) {
  return moved(bio, ::recv(handle_of(bio), bytes, static_cast<std::size_t>(size), MSG_DONTWAIT),
               true);
}

long control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

int create(BIO* bio) {
  BIO_set_init(bio, 1);
  return 1;
}

const BIO_METHOD* socket_method() {
  static const BIO_METHOD* const method = [] {
    BIO_METHOD* const made =
        BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "quiet socket");
    BIO_meth_set_write(made, send_bytes);
    BIO_meth_set_read(made, receive_bytes);
    BIO_meth_set_ctrl(made, control);
    BIO_meth_set_create(made, create);
    return made;
  }();
  return method;
}

constexpr unsigned char kHttp11[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};

int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* length,
                    const unsigned char* offered, unsigned int size, void*) {
  unsigned char* found = nullptr;
  if (SSL_select_next_proto(&found, length, kHttp11, sizeof kHttp11, offered, size) !=
      OPENSSL_NPN_NEGOTIATED)
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  *chosen = found;
  return SSL_TLSEXT_ERR_OK;
}

TlsContext context_of(const std::string& certificate, const std::string& key) {
  ERR_clear_error();
  TlsContext context(SSL_CTX_new(TLS_server_method()));
  if (!context) refuse_tls("no TLS context");
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                      SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  // Nobody is there to type a password.
  SSL_CTX_set_default_passwd_cb(context.get(), [](char*, int, int, void*) { return 0; });
  SSL_CTX_set_alpn_select_cb(context.get(), choose_protocol, nullptr);
  if (SSL_CTX_use_certificate_chain_file(context.get(), certificate.c_str()) != 1) {
    refuse_tls(certificate + " holds no PEM certificate");
  }
  if (SSL_CTX_use_PrivateKey_file(context.get(), key.c_str(), SSL_FILETYPE_PEM) != 1) {
    refuse_tls(key + " holds no PEM key without a password that belongs to " + certificate);
  }
  return context;
}

// Changes when a file is written or replaced.
std::string stamp_of(const std::string& certificate, const std::string& key) {
  std::string stamp;
  for (const std::string* path : {&certificate, &key}) {
    struct stat file {};
    if (stat(path->c_str(), &file) != 0) continue;
    stamp += std::to_string(file.st_ino) + ":" + std::to_string(file.st_size) + ":" +
             std::to_string(file.st_mtim.tv_sec) + "." + std::to_string(file.st_mtim.tv_nsec) + " ";
  }
  return stamp;
}

}  // namespace

TlsSession::TlsSession(SSL_CTX* context, int socket) : ssl_(SSL_new(context)) {
  if (!ssl_) refuse_tls("no TLS session");
  BIO* const bio = BIO_new(socket_method());
  BIO_set_data(bio, reinterpret_cast<void*>(static_cast<std::intptr_t>(socket)));
  SSL_set_bio(ssl_, bio, bio);
  SSL_set_accept_state(ssl_);
}

TlsSession::~TlsSession() { SSL_free(ssl_); }

TlsSession::Want TlsSession::why(int result) {
  const int error = SSL_get_error(ssl_, result);
  ERR_clear_error();
  switch (error) {
    case SSL_ERROR_WANT_READ:
      return Want::read;
    case SSL_ERROR_WANT_WRITE:
      return Want::write;
    case SSL_ERROR_ZERO_RETURN:
      return Want::end;
    default:
      return Want::failure;
  }
}

TlsSession::Want TlsSession::shake_hands() {
  const int result = SSL_do_handshake(ssl_);
  return result == 1 ? Want::nothing : why(result);
}

TlsSession::Moved TlsSession::read(char* to, std::size_t size) {
  const int result = SSL_read(ssl_, to, static_cast<int>(std::min<std::size_t>(size, INT_MAX)));
  if (result > 0) return {static_cast<std::size_t>(result), Want::nothing};
  return {0, why(result)};
}

TlsSession::Moved TlsSession::write(const char* from, std::size_t size) {
  const int result = SSL_write(ssl_, from, static_cast<int>(std::min<std::size_t>(size, INT_MAX)));
  if (result > 0) return {static_cast<std::size_t>(result), Want::nothing};
  return {0, why(result)};
}

void TlsSession::shut_down() {
  SSL_shutdown(ssl_);
  ERR_clear_error();
}

bool TlsSession::holds_bytes() const { return SSL_has_pending(ssl_) == 1; }

TlsServer::TlsServer(std::string certificate, std::string key)
    : certificate_(std::move(certificate)),
      key_(std::move(key)),
      stamp_(stamp_of(certificate_, key_)),
      context_(context_of(certificate_, key_)) {}

TlsServer::~TlsServer() = default;

std::unique_ptr<TlsSession> TlsServer::accept(int socket) const {
  return std::make_unique<TlsSession>(context_.get(), socket);
}

std::string TlsServer::reread() {
  std::string stamp = stamp_of(certificate_, key_);
  if (stamp == stamp_) return "";
  try {
    context_ = context_of(certificate_, key_);
    stamp_ = std::move(stamp);
    return "";
  } catch (const Failure& failure) {
    return failure.what();
  }
}

}  // namespace thaw::http
