#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "tests/fuzz/targets.h"

namespace motcua::fuzz {

// A folder of this process, gone with it.
class Scratch {
 public:
  Scratch() {
    std::string name = (std::filesystem::temp_directory_path() / "motcua-fuzz-XXXXXX").string();
    expect(::mkdtemp(name.data()) != nullptr, "a folder is made");
    path_ = name;
  }
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  const std::filesystem::path& path() const { return path_; }
  // An empty folder in it.
  std::filesystem::path fresh(const char* name) const {
    std::filesystem::remove_all(path_ / name);
    std::filesystem::create_directories(path_ / name);
    return path_ / name;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace motcua::fuzz
