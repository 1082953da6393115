#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/core/terms.h"
#include "engine/core/time.h"

namespace motcua::core {

// Which fact a supervisor corrected.
enum class Corrected { acceptance, supplement, settlement, payment };
template <>
struct EnumWords<Corrected> {
  static constexpr int first = 0;
  static constexpr std::string_view words[] = {"acceptance", "supplement", "settlement", "payment"};
};

// One counter-entry (đính chính) of a supervisor, and what it did. The event it corrects stays as it is.
struct Correction {
  std::uint32_t version = 0;  // of the event that is corrected
  Instant at;                 // of the correction
  Code by;                    // officer
  Corrected what = Corrected::acceptance;
  Instant before;                     // when it had happened, as known until then
  std::optional<Instant> after;       // nothing: the correction states a reason only
  std::optional<Instant> due_before;  // of the settlement
  std::optional<Instant> due_after;
  bool operator==(const Correction&) const = default;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("version", self.version);
    visit("at", self.at);
    visit("by", self.by);
    visit("what", self.what);
    visit("before", self.before);
    visit("after", self.after);
    visit("due_before", self.due_before);
    visit("due_after", self.due_after);
  }
};

struct DossierCorrected {
  static constexpr std::string_view kType = "dossier.corrected";
  std::uint32_t corrected_version = 0;
  Corrected what = Corrected::acceptance;
  Instant before;
  std::optional<Instant> after;
  std::optional<Instant> due_before;
  std::optional<Instant> due_after;
  std::vector<TextRef> texts;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("corrected_version", self.corrected_version);
    visit("what", self.what);
    visit("before", self.before);
    visit("after", self.after);
    visit("due_before", self.due_before);
    visit("due_after", self.due_after);
    visit("texts", self.texts);
  }
};

}  // namespace motcua::core
