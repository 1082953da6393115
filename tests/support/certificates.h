#pragma once

#include <filesystem>
#include <string>

namespace motcua::testing {

struct KeyPair {
  std::filesystem::path certificate;
  std::filesystem::path key;
};

// A certificate authority of a test, in a folder that must exist. Throws std::runtime_error when the openssl
// command fails.
class Authority {
 public:
  // `name`: that of its files and its subject.
  Authority(std::filesystem::path folder, std::string name);

  const std::filesystem::path& certificate() const { return own_.certificate; }
  // A certificate for localhost and 127.0.0.1, as a server and as a client.
  KeyPair issue(const std::string& name) const;

 private:
  std::filesystem::path folder_;
  KeyPair own_;
};

// SHA-256 of a certificate in DER, in lower-case hexadecimal, as the openssl command tells it.
std::string fingerprint_of(const std::filesystem::path& certificate);

// What a command prints on standard output and standard error; its exit status goes to `status` where wanted.
std::string output_of(const std::string& command, int* status = nullptr);

}  // namespace motcua::testing
