#pragma once

#include <functional>
#include <memory>
#include <string>

#include "engine/core/late_list.h"
#include "engine/run/definitions.h"
#include "engine/run/late_list_maker.h"

namespace motcua::api {

// What third parties get to count a published list again (`motcua recompute`): JSON lines, first the head
// with the definitions, then the dossiers of the list's basis with their events, without people. No line
// hangs on another, so a client may fetch them by the thousand and put them together.

inline constexpr std::string_view kExportFormat = "motcua-publication-export/1";

class LateExport {
 public:
  // Borrowed, but for the definitions. The list must be published.
  LateExport(store::Store& store, const run::Keyring& keyring,
             std::shared_ptr<const run::Definitions> definitions, store::Publication list);

  std::size_t dossiers() const { return keys_.size(); }
  std::string head_line() const;
  // Of the dossier at a place of the basis.
  std::string dossier_line(std::size_t place) const;

 private:
  store::Store& store_;
  const run::Keyring& keyring_;
  const std::shared_ptr<const run::Definitions> definitions_;
  const store::Publication list_;
  core::LateHead head_;
  std::vector<std::int64_t> keys_;
};

// The document of an export, as canonical JSON; nothing, with what is wrong, when it cannot be counted.
std::optional<std::string> recomputed_document(const std::function<bool(std::string&)>& next_line,
                                               std::string& fault);

}  // namespace motcua::api
