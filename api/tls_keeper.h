#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>

#include "api/listen_config.h"
#include "api/net/tls.h"

namespace motcua::api {

// The certificate of the server, and when its files were changed. One thread.
class TlsKeeper {
 public:
  // Throws std::runtime_error with the file and what is wrong with it.
  explicit TlsKeeper(const TlsSettings& settings) { read(settings); }

  std::shared_ptr<const net::TlsContext> now() const { return now_; }
  // Reads the files again, which may be others. Throws as the constructor does, and keeps what it had.
  void read(const TlsSettings& settings);
  // The same files.
  void read_again() { read(TlsSettings(settings_)); }
  // Whether a file was changed or replaced since it was read, well or not.
  bool files_changed() const;

 private:
  using Stamps = std::map<std::filesystem::path, std::filesystem::file_time_type>;
  static Stamps stamps_of(const TlsSettings& settings);

  TlsSettings settings_;
  Stamps stamps_;
  std::shared_ptr<const net::TlsContext> now_;
};

}  // namespace motcua::api
