#pragma once

#include <functional>
#include <memory>
#include <string>

#include "engine/core/late_list.h"
#include "engine/run/definitions.h"
#include "engine/run/late_list_maker.h"
#include "engine/run/publisher.h"

namespace motcua::api {

// What third parties get to count a published list again (`motcua recompute`): JSON lines, first the head
// with the definitions, then the dossiers of the list's basis with their events, without people. No line
// hangs on another, so a client may fetch them by the thousand and put them together.

inline constexpr std::string_view kExportFormat = "motcua-publication-export/1";

// The first line, without its end. It is made with the other files of the list and kept, as the names of
// units and officers in it are those of then.
std::string export_head_line(const run::PublishedList& list);

class LateExport {
 public:
  // Borrowed, but for the definitions, which may be later ones. The list must be published. Throws
  // store::StoreError when a file of it is gone.
  LateExport(store::Store& store, const run::Keyring& keyring,
             std::shared_ptr<const run::Definitions> definitions, store::Publication list);

  std::size_t dossiers() const { return keys_.size(); }
  const std::string& head_line() const { return head_line_; }
  // Of the dossier at a place of the basis.
  std::string dossier_line(std::size_t place) const;

 private:
  store::Store& store_;
  const run::Keyring& keyring_;
  const std::shared_ptr<const run::Definitions> definitions_;
  const store::Publication list_;
  core::LateHead head_;
  std::string head_line_;
  std::vector<std::int64_t> keys_;
};

// The document of an export, as canonical JSON; nothing, with what is wrong, when it cannot be counted.
std::optional<std::string> recomputed_document(const std::function<bool(std::string&)>& next_line,
                                               std::string& fault);

}  // namespace motcua::api
