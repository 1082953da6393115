#pragma once

#include <optional>

#include "engine/run/engine.h"

namespace motcua::run {

// Why a submission may not take a code of a block: it belongs to another agency or day, or was given back.
std::optional<core::Rejection> misuse_of(const store::DrawnCode& drawn, const store::Scope& scope,
                                         const core::SubmitDossier& submit, core::Instant received_at);

// What was answered under the key before; nothing when nothing was. On the writer's thread.
std::optional<BlockAnswer> answered_before(store::Store& store, const RequestKey& key);

// Draws blocks of codes, and takes them back. On the writer's thread.
class CodeBlockKeeper {
 public:
  CodeBlockKeeper(store::Store& store, Clock& clock, Random& random)
      : store_(store), clock_(clock), random_(random) {}

  // The agency's next codes that no dossier has. Rejects: unknown_agency, out_of_range (neither today nor
  // tomorrow), too_many_blocks. Throws store::StoreError.
  BlockAnswer keep(const Definitions& definitions, const DrawOrder& order);
  // Rejects: unknown_code, code_used, code_void. Throws store::StoreError.
  BlockAnswer keep(const Definitions& definitions, const ReturnOrder& order);

 private:
  std::vector<core::Code> free_codes(const DrawOrder& order, const core::Rules& rules, core::Instant day,
                                     int offset_minutes, store::CounterMove& counter);

  store::Store& store_;
  Clock& clock_;
  Random& random_;
};

}  // namespace motcua::run
