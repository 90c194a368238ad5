#include "drivers/http/tls_context.hpp"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <array>

#include "drivers/http/failure.hpp"

namespace thaw::http {
namespace {

struct Free {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

Owned<BIO> reader_of(const std::string& text) {
  return Owned<BIO>(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// An encrypted key is refused: nobody is there to type its password.
int no_password(char*, int, int, void*) { return 0; }

Owned<X509> next_certificate(BIO* bio) {
  return Owned<X509>(PEM_read_bio_X509(bio, nullptr, no_password, nullptr));
}

void trust(SSL_CTX* context, const std::string& authorities) {
  if (authorities.empty()) {
    if (SSL_CTX_set_default_verify_paths(context) != 1) refuse_tls("the system's authorities");
    return;
  }
  const auto bio = reader_of(authorities);
  int found = 0;
  while (const auto certificate = next_certificate(bio.get())) {
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context), certificate.get());
    ++found;
  }
  if (found == 0) refuse_tls("the certificate authority is no PEM certificate");
  ERR_clear_error();
}

void present(SSL_CTX* context, const Tls& tls) {
  const auto chain = reader_of(tls.certificate);
  const auto own = next_certificate(chain.get());
  if (!own) refuse_tls("the client certificate is no PEM certificate");
  if (SSL_CTX_use_certificate(context, own.get()) != 1) refuse_tls("the client certificate");
  while (const auto next = next_certificate(chain.get())) {
    if (SSL_CTX_add1_chain_cert(context, next.get()) != 1)
      refuse_tls("the client certificate's chain");
  }
  ERR_clear_error();
  const auto bio = reader_of(tls.key);
  const Owned<EVP_PKEY> key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr));
  if (!key) refuse_tls("the client key is no PEM key without a password");
  if (SSL_CTX_use_PrivateKey(context, key.get()) != 1) {
    refuse_tls("the client key does not belong to the client certificate");
  }
}

bool is_address(const std::string& host) {
  std::array<unsigned char, 16> bytes{};
  return inet_pton(AF_INET, host.c_str(), bytes.data()) == 1 ||
         inet_pton(AF_INET6, host.c_str(), bytes.data()) == 1;
}

const std::string& expected_name(const Tls& tls, const std::string& host) {
  return tls.server_name.empty() ? host : tls.server_name;
}

}  // namespace

void refuse_tls(const std::string& what) {
  const char* const reason = ERR_reason_error_string(ERR_peek_last_error());
  ERR_clear_error();
  throw Failure(Failure::Kind::tls, what + (reason ? std::string(": ") + reason : ""));
}

void FreeContext::operator()(SSL_CTX* context) const { SSL_CTX_free(context); }

TlsContext make_tls_context(const Tls& tls) {
  ERR_clear_error();
  TlsContext context(SSL_CTX_new(TLS_client_method()));
  if (!context) refuse_tls("no TLS context");
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
  constexpr std::array<unsigned char, 9> kHttp11{8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  SSL_CTX_set_alpn_protos(context.get(), kHttp11.data(), kHttp11.size());
  if (tls.insecure) {
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_NONE, nullptr);
  } else {
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
    X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context.get()), X509_V_FLAG_PARTIAL_CHAIN);
    trust(context.get(), tls.ca);
  }
  if (!tls.certificate.empty()) present(context.get(), tls);
  return context;
}

void expect_server(SSL* connection, const Tls& tls, const std::string& host) {
  const std::string& name = expected_name(tls, host);
  const bool address = is_address(name);
  if (!address) SSL_set_tlsext_host_name(connection, name.c_str());
  if (tls.insecure) return;
  X509_VERIFY_PARAM* const rules = SSL_get0_param(connection);
  X509_VERIFY_PARAM_set_hostflags(
      rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  const int set = address ? X509_VERIFY_PARAM_set1_ip_asc(rules, name.c_str())
                          : X509_VERIFY_PARAM_set1_host(rules, name.data(), name.size());
  if (set != 1) refuse_tls("the server's name");
}

std::string why_refused(SSL* connection, const Tls& tls, const std::string& host,
                        const std::string& otherwise) {
  ERR_clear_error();
  const long result = SSL_get_verify_result(connection);
  if (tls.insecure || result == X509_V_OK) return otherwise;
  if (result == X509_V_ERR_HOSTNAME_MISMATCH || result == X509_V_ERR_IP_ADDRESS_MISMATCH) {
    return "its certificate is not for " + expected_name(tls, host);
  }
  return std::string("its certificate is not trusted: ") + X509_verify_cert_error_string(result);
}

}  // namespace thaw::http
