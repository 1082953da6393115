#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "engine/core/time.h"
#include "engine/core/value.h"

namespace motcua::store {

// Codes drawn in advance from the counter of one agency, for one day (lô mã hồ sơ).
struct CodeBlock {
  std::int64_t key = 0;  // in the order in which they were drawn
  core::Uuid id;
  core::Code agency;
  core::Date on;
  core::Instant drawn_at;
  core::Code drawn_by;                       // the API key
  std::optional<core::Instant> returned_at;  // none of its codes is free from then on
};

struct BlockCode {
  core::Code code;
  bool voided = false;                // given back unused: never used by any dossier
  std::optional<core::Uuid> dossier;  // that has it
  bool free() const { return !voided && !dossier; }
};
struct CodeBlockState {
  CodeBlock block;
  std::vector<BlockCode> codes;  // in the order of their numbers
};

// What a writer must know of one code before a dossier takes it.
struct DrawnCode {
  core::Uuid block;
  core::Code agency;
  core::Date on;
  bool voided = false;
};

struct CodeBlockQuery {
  core::Code agency;  // empty: any
  std::optional<core::Date> on;
  bool open_only = false;
  std::int64_t before_key = std::numeric_limits<std::int64_t>::max();  // newest first
  int limit = 50;
};

}  // namespace motcua::store
