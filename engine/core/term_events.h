#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/core/dossier.h"

// What moves a date inside a term, and what lateness obliges to.
namespace motcua::core {

// Tạm dừng: the settlement term waits on a ground of law.
struct DossierSuspended {
  static constexpr std::string_view kType = "dossier.suspended";
  Code ground;
  std::optional<Instant> until;
  std::vector<TextRef> texts;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("ground", self.ground);
    visit("until", self.until);
    visit("texts", self.texts);
  }
};

// The suspension on that ground is over; the term runs on when no other is in force.
struct DossierResumed {
  static constexpr std::string_view kType = "dossier.resumed";
  Code ground;
  std::vector<TextRef> texts;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("ground", self.ground);
    visit("texts", self.texts);
  }
};

// Gia hạn.
struct DossierExtended {
  static constexpr std::string_view kType = "dossier.extended";
  Code ground;
  Limit by;
  std::optional<Instant> due_before;
  std::optional<Instant> due_after;
  std::vector<TextRef> texts;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("ground", self.ground);
    visit("by", self.by);
    visit("due_before", self.due_before);
    visit("due_after", self.due_after);
    visit("texts", self.texts);
  }
};

// Xin lỗi và hẹn lại ngày trả kết quả (form APOLOGY).
struct DossierReappointed {
  static constexpr std::string_view kType = "dossier.reappointed";
  std::optional<Instant> promise_before;
  Instant promised_at;
  bool in_time = false;
  bool moves_due = false;
  Code unit;
  std::vector<TextRef> texts;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("promise_before", self.promise_before);
    visit("promised_at", self.promised_at);
    visit("in_time", self.in_time);
    visit("moves_due", self.moves_due);
    visit("unit", self.unit);
    visit("texts", self.texts);
  }
};

// Xin lỗi, without a new date.
struct ApologySent {
  static constexpr std::string_view kType = "dossier.apology_sent";
  std::vector<TextRef> texts;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("texts", self.texts);
  }
};

// Giải trình: why the dossier was late.
struct LatenessExplained {
  static constexpr std::string_view kType = "dossier.lateness_explained";
  std::vector<TextRef> texts;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("texts", self.texts);
  }
};

// Xóa dữ liệu cá nhân: what was typed of the dossier cannot be read any more, by anybody.
struct DossierErased {
  static constexpr std::string_view kType = "dossier.erased";
  ErasureGround ground = ErasureGround::retention_over;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("erasure", self.ground);
  }
};

}  // namespace motcua::core
