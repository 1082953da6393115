#include "api/net/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <ctime>
#include <stdexcept>
#include <system_error>

namespace motcua::net {
namespace {

constexpr const char* kCiphers = "ECDHE+AESGCM:ECDHE+CHACHA20";  // TLS 1.2; those of 1.3 are all good
constexpr const char* kGroups = "X25519:P-256:P-384";
constexpr const unsigned char kHttp[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};

[[noreturn]] void unusable(const std::filesystem::path& file, std::string_view what) {
  // OpenSSL names the place and the reason, never what it has read.
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  std::string text = file.string() + ": " + std::string(what);
  if (reason != nullptr) text += std::string(" (") + reason + ')';
  ERR_clear_error();
  throw std::runtime_error(text);
}

// Nobody is there to be asked for a passphrase.
int no_passphrase(char*, int, int, void*) { return 0; }

// A client that knows other protocols only, such as h2, is not understood.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* length, const unsigned char* offered,
                    unsigned int offered_length, void*) {
  unsigned char* found = nullptr;
  const int made = SSL_select_next_proto(&found, length, kHttp, sizeof kHttp, offered, offered_length);
  if (made != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_ALERT_FATAL;
  *chosen = found;
  return SSL_TLSEXT_ERR_OK;
}

void set_rules(SSL_CTX* context) {
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET |
                                   SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA |
                                   SSL_OP_IGNORE_UNEXPECTED_EOF);
  // Nothing is resumed: a key that opens tickets would open what was recorded, and a client whose certificate
  // is no longer trusted would stay known. Connections are kept alive, so handshakes are few.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context, 0);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_read_ahead(context, 1);  // one read for a record, not two
  SSL_CTX_set_default_passwd_cb(context, no_passphrase);
  SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
  if (SSL_CTX_set_cipher_list(context, kCiphers) != 1 || SSL_CTX_set1_groups_list(context, kGroups) != 1)
    throw std::runtime_error("this OpenSSL lacks the ciphers or curves that are wanted");
}

void trust_clients(SSL_CTX* context, const std::filesystem::path& file) {
  if (SSL_CTX_load_verify_file(context, file.c_str()) != 1)
    unusable(file, "expected the certificates that vouch for clients, but they cannot be read");
  STACK_OF(X509_NAME)* names = SSL_load_client_CA_file(file.c_str());
  if (names == nullptr) unusable(file, "expected the certificates that vouch for clients, but found none");
  SSL_CTX_set_client_CA_list(context, names);
  // Asked for, not demanded: most callers show a key. One that is shown and not vouched for ends the
  // handshake.
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
}

std::chrono::sys_seconds end_of(const X509* certificate) {
  std::tm end{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end) != 1) return {};
  return std::chrono::sys_seconds(std::chrono::seconds(::timegm(&end)));
}

}  // namespace

std::shared_ptr<const TlsContext> load_tls(const TlsFiles& files) {
  ERR_clear_error();
  const std::shared_ptr<SSL_CTX> made(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  if (!made) throw std::runtime_error("OpenSSL cannot be used");
  SSL_CTX* context = made.get();
  set_rules(context);
  if (SSL_CTX_use_certificate_chain_file(context, files.certificates.c_str()) != 1)
    unusable(files.certificates, "expected a chain of certificates in PEM, but it cannot be used");
  std::error_code ignored;  // what cannot be read is told below
  const auto rights = std::filesystem::status(files.key, ignored).permissions();
  if (!ignored && (rights & std::filesystem::perms::others_all) != std::filesystem::perms::none)
    unusable(files.key, "expected a private key that only its owner and group may read, but everybody may");
  if (SSL_CTX_use_PrivateKey_file(context, files.key.c_str(), SSL_FILETYPE_PEM) != 1)
    unusable(files.key,
             "expected the certificate's private key in PEM without a passphrase, but it cannot be used");
  if (SSL_CTX_check_private_key(context) != 1)
    unusable(files.key,
             "expected the private key of " + files.certificates.string() + ", but it is another's");
  if (!files.client_ca.empty()) trust_clients(context, files.client_ca);
  return std::make_shared<const TlsContext>(TlsContext{made, end_of(SSL_CTX_get0_certificate(context))});
}

}  // namespace motcua::net
