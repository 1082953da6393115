#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

struct ssl_ctx_st;

namespace motcua::net {

// What a listener over TLS shows, and whom it trusts.
struct TlsFiles {
  std::filesystem::path certificates;  // PEM: the server's own, then those that lead to the root
  std::filesystem::path key;           // PEM, without a passphrase
  std::filesystem::path client_ca;     // PEM: who vouches for clients; empty: no certificate is asked for
};

// The files read, once: a connection keeps those with which it began. Any thread.
struct TlsContext {
  std::shared_ptr<ssl_ctx_st> made;
  std::chrono::sys_seconds expires_at;  // the server's own certificate
};

// TLS 1.2 and 1.3, forward secret and authenticated ciphers only, no session is resumed. Throws
// std::runtime_error, with the file and what is wrong with it, when they cannot be used together. Never with
// anything of the key in it.
std::shared_ptr<const TlsContext> load_tls(const TlsFiles& files);

}  // namespace motcua::net
