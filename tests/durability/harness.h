#pragma once

#include <map>
#include <optional>
#include <string>

#include "tests/support/service.h"

namespace motcua::testing {

// Fewer rounds where every instruction costs more.
bool is_short_run();

// Sets variables of this process, so of the programs that it starts, and takes them back.
class Environment {
 public:
  explicit Environment(const std::map<std::string, std::string>& values);
  ~Environment();
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

 private:
  std::map<std::string, std::optional<std::string>> before_;
};

// A service that starts quickly (one procedure), and never answers that it is too busy.
ServiceOptions small_service(const std::filesystem::path& binary);

// The gate of tests/support/cut_vfs.h, at which a sync waits for what is to become of it: 'g' lets it go on,
// 'f' fails it, 'c' cuts the power in it.
class Gate {
 public:
  Gate();
  ~Gate();
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;
  // For MOTCUA_CUT_GATE.
  const std::string& path() const { return path_; }

  // The next sync will wait; with an answer, it finds that one laid down.
  void close(std::optional<char> answer = {});
  // Waits until a sync stands there; false when none came.
  bool wait();
  // Lets the sync that stands there go on to its fate, and all later ones pass.
  void open(char answer);
  // Takes the gate away, whether a sync came or not.
  void remove();

 private:
  void answer(char byte);

  std::string directory_;
  std::string path_;
  int arrivals_ = -1;
  int answers_ = -1;
};

// The exit status of `motcua rebuild` on a copy of the database: 0 when it finds no difference.
int rebuild_on_copy(const RunningService& service);

}  // namespace motcua::testing
