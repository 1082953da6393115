#include "api/tls_keeper.h"

#include <system_error>

namespace motcua::api {

TlsKeeper::Stamps TlsKeeper::stamps_of(const TlsSettings& settings) {
  Stamps stamps;
  for (const auto& file : {settings.certificate_file, settings.key_file, settings.client_ca_file}) {
    std::error_code ignored;  // a file that is not there has the earliest time of all
    if (!file.empty()) stamps[file] = std::filesystem::last_write_time(file, ignored);
  }
  return stamps;
}

void TlsKeeper::read(const TlsSettings& settings) {
  // First the stamps: what is written meanwhile is seen as a change.
  stamps_ = stamps_of(settings);
  settings_ = settings;
  now_ = net::load_tls({settings.certificate_file, settings.key_file, settings.client_ca_file});
}

bool TlsKeeper::files_changed() const { return stamps_of(settings_) != stamps_; }

}  // namespace motcua::api
