#pragma once

#include <optional>
#include <vector>

#include "api/call.h"

namespace motcua::api {

// A request that reads unmasked what persons typed: `unmasked=true`, with the reason and the officer for whom
// it is read. Whoever opens a dossier by it enters the access log; the answer goes out when the entries are
// on the disk.
class Unmasking {
 public:
  // Reads the parameters `unmasked`, `reason` (or the header Access-Reason, which no proxy logs),
  // `on_behalf_of`; nothing when it is not asked for. Faults are noted.
  static std::optional<Unmasking> asked(const Call& call, Parameters& parameters, store::AccessKind what);
  // The same of a body.
  static Unmasking asked(const Call& call, JsonObject& body, store::AccessKind what);

  // The dossiers that the officer may open, as far as the caller may speak for him.
  core::Reach reach() const;
  // Notes that the dossier is opened, or why it may not be: the caller's rights, or those of the officer, do
  // not reach so far, or what was typed of it was erased.
  std::optional<Problem> open(const core::Dossier& dossier);
  // Notes that it was asked and nothing was found: that there is nothing is told, too.
  void open_nothing();
  // The answer, held back until the log has what was opened.
  Made answer(net::Response response);

 private:
  Unmasking(const Call& call, store::AccessKind what) : call_(&call), what_(what) {}
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
