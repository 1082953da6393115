#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/late_list.h"

namespace motcua::print {

// A file that is published with a list and proves itself.
struct LateBeside {
  std::string file;
  std::string what;
  std::string sha256;  // of its document
};

// A published monthly list, as what is made of it for the public reads it. Sections are read one at a time,
// so the memory of a format is that of one section, and of the formats themselves.
struct LateSource {
  core::LateHead head;
  core::Instant published_at;                        // in every file that wants a date of creation
  int offset_minutes = core::kVietnamOffsetMinutes;  // in which instants are told
  // The proof, spelled as in the envelope: hexadecimal digits, base64 and base64.
  std::string sha256;
  std::string signature;
  std::string key;
  std::string document = "list.json";  // the file of the envelope, in the folder of all others
  std::vector<LateBeside> beside;      // likewise
  std::vector<core::Code> sections;    // the agencies, in the order of the document
  std::function<core::LateAgency(std::size_t)> section;  // by index into `sections`
};

// Names of what a section says by code only.
class LateNames {
 public:
  explicit LateNames(const core::LateHead& head) {
    for (const core::NamedProcedure& it : head.procedures) procedures_[it.procedure.text] = it.name;
  }
  // From here on units and other agencies are told as this section knows them.
  void enter(const core::LateAgency& section) {
    own_ = section.agency.text;
    units_.clear();
    for (const core::LateUnit& it : section.units) units_[it.unit.text] = it.name;
    others_.clear();
    for (const core::OthersDelay& it : section.others) others_[it.agency.text] = it.name;
  }

  // A code without a name stands for itself.
  const std::string& procedure(const core::Code& code) const { return of(procedures_, code); }
  const std::string& unit(const core::Code& code) const { return of(units_, code); }
  const std::string& other(const core::Code& code) const { return of(others_, code); }
  bool is_own(const core::Code& agency) const { return agency.text == own_; }

 private:
  using Names = std::map<std::string, std::string, std::less<>>;
  static const std::string& of(const Names& names, const core::Code& code) {
    const auto found = names.find(code.text);
    return found == names.end() || found->second.empty() ? code.text : found->second;
  }

  Names procedures_, units_, others_;
  std::string own_;
};

}  // namespace motcua::print
