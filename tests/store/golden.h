#pragma once

#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

#include "tests/support/paths.h"

// Kept answers: small files under tests/store/golden.
namespace motcua::test {

// The file's text without the line end that an editor leaves; empty when there is no such file.
inline std::string golden(const std::string& name) {
  std::ifstream file(in_tree("tests/store/golden/") + name, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  std::string out = text.str();
  if (!out.empty() && out.back() == '\n') out.pop_back();
  return out;
}

template <class Bytes>
std::string hex(const Bytes& bytes) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (const auto byte : bytes) {
    out += kDigits[static_cast<unsigned char>(byte) >> 4];
    out += kDigits[static_cast<unsigned char>(byte) & 15];
  }
  return out;
}

}  // namespace motcua::test
