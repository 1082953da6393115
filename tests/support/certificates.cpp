#include "tests/support/certificates.h"

#include <sys/wait.h>

#include <cctype>
#include <cstdio>
#include <stdexcept>
#include <utility>

namespace motcua::testing {
namespace {

constexpr const char* kNew =
    "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 90 ";

void make(const std::string& command) {
  int status = 0;
  const std::string said = output_of(command, &status);
  if (status != 0) throw std::runtime_error("cannot make a certificate: " + said);
}

std::string files(const KeyPair& pair) {
  return " -keyout '" + pair.key.string() + "' -out '" + pair.certificate.string() + "'";
}

}  // namespace

std::string output_of(const std::string& command, int* status) {
  FILE* pipe = ::popen(("exec 2>&1 </dev/null; " + command).c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("cannot run " + command);
  std::string text;
  char bytes[4096];
  for (std::size_t count = 0; (count = std::fread(bytes, 1, sizeof bytes, pipe)) > 0;)
    text.append(bytes, count);
  const int ended = ::pclose(pipe);
  if (status != nullptr) *status = WIFEXITED(ended) ? WEXITSTATUS(ended) : -1;
  return text;
}

Authority::Authority(std::filesystem::path folder, std::string name)
    : folder_(std::move(folder)), own_{folder_ / (name + ".pem"), folder_ / (name + ".key")} {
  make(kNew + ("-subj '/CN=" + name + "' -addext keyUsage=critical,keyCertSign,cRLSign") + files(own_));
}

KeyPair Authority::issue(const std::string& name) const {
  const KeyPair pair{folder_ / (name + ".pem"), folder_ / (name + ".key")};
  make(kNew +
       ("-CA '" + own_.certificate.string() + "' -CAkey '" + own_.key.string() + "' -subj '/CN=" + name) +
       "' -addext basicConstraints=critical,CA:FALSE -addext keyUsage=critical,digitalSignature"
       " -addext extendedKeyUsage=serverAuth,clientAuth -addext subjectAltName=DNS:localhost,IP:127.0.0.1" +
       files(pair));
  return pair;
}

std::string fingerprint_of(const std::filesystem::path& certificate) {
  const std::string said =
      output_of("openssl x509 -in '" + certificate.string() + "' -noout -fingerprint -sha256");
  std::string hex;
  for (const char c : said.substr(said.find('=') + 1)) {
    if (std::isxdigit(static_cast<unsigned char>(c)) != 0)
      hex += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return hex;
}

}  // namespace motcua::testing
