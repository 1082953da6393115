#pragma once

#include <optional>
#include <vector>

#include "api/call.h"

namespace motcua::api {

// A request that reads unmasked what persons typed: `unmasked=true`, with the reason and the officer for whom
// it is read; or one that looks for a person by it. Whoever opens a dossier or searches enters the access
// log; the answer goes out when the entries are on the disk. What was searched for is not in them: the log
// outlives what was typed.
class Unmasking {
 public:
  // Reads the parameters `unmasked`, `reason` (or the header Access-Reason, which no proxy logs),
  // `on_behalf_of`; nothing when it is not asked for. Faults are noted.
  static std::optional<Unmasking> asked(const Call& call, Parameters& parameters, store::AccessKind what);
  // The same of a body.
  static Unmasking asked(const Call& call, JsonObject& body, store::AccessKind what);
  // A search for a person (`q`): its answer is masked, and confirms all the same who is found. The
  // reason may be left out, the officer where the settings do not demand one of software. Nothing when nobody
  // is searched for.
  static std::optional<Unmasking> of_search(const Call& call, Parameters& parameters, bool searched);
  static std::optional<Unmasking> of_search(const Call& call, JsonObject& body, bool searched);

  // Whether it is for an officer whom the caller names, and not for whatever the caller may read.
  bool is_for_another() const;
  // The dossiers that the officer may open, as far as the caller may speak for him.
  core::Reach reach() const;
  // Notes that the dossier is opened, or why it may not be: the caller's rights, or those of the officer, do
  // not reach so far, or what was typed of it was erased.
  std::optional<Problem> open(const core::Dossier& dossier);
  // Notes that it was asked, of no single dossier: that there is nothing, or too much, is told, too.
  void open_none();
  // The answer, or why there is none, held back until the log has what was opened.
  Made answer(Made made);

 private:
  Unmasking(const Call& call, store::AccessKind what) : call_(&call), what_(what) {}
  void take_reason(Parameters& parameters, const std::string& reason);
  void take_reason(JsonObject& body, const std::string& reason);
  void note(const std::optional<core::Uuid>& dossier);

  const Call* call_;
  store::AccessKind what_;
  core::Code officer_;
  run::Fragment reason_;
  std::vector<store::Access> opened_;
};

// Why it was opened, as JSON; null where the reason was erased with the dossier.
std::string reason_of(const Call& call, const store::Access& entry);

// Whether what was typed of the dossier is there to be read: it was not erased.
bool is_kept(const core::Dossier& dossier);

}  // namespace motcua::api
