#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/core/terms.h"
#include "engine/core/time.h"

namespace motcua::core {

// One thing to pay (khoản phí, lệ phí), with the amount that the schedule of the procedure gave when it was
// asked for.
struct PaymentItem {
  Code key;
  std::int64_t amount_vnd = 0;
  bool operator==(const PaymentItem&) const = default;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("key", self.key);
    visit("amount_vnd", self.amount_vnd);
  }
};

// One request for payment (yêu cầu thực hiện nghĩa vụ tài chính) with all that became of it: the ledger of a
// dossier is the list of them. It ends by a payment or by a waiver, or lapses with the dossier.
struct PaymentRecord {
  std::uint32_t version = 0;  // of the event that asked
  Instant asked_at;
  Code asked_by;  // officer
  DossierState asked_in = DossierState::submitted;
  std::vector<PaymentItem> items;
  Code reference;  // of the payment
  std::optional<Instant> paid_at;
  Code waiver;  // its ground
  std::optional<Instant> waived_at;
  std::optional<Instant> refund_owed_at;
  Code refund_reference;
  std::optional<Instant> refunded_at;
  bool operator==(const PaymentRecord&) const = default;

  bool is_open() const { return !paid_at && !waived_at; }
  bool owes_refund() const { return refund_owed_at && !refunded_at; }
  std::int64_t amount_vnd() const;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("version", self.version);
    visit("asked_at", self.asked_at);
    visit("asked_by", self.asked_by);
    visit("asked_in", self.asked_in);
    visit("items", self.items);
    visit("reference", self.reference);
    visit("paid_at", self.paid_at);
    visit("waiver", self.waiver);
    visit("waived_at", self.waived_at);
    visit("refund_owed_at", self.refund_owed_at);
    visit("refund_reference", self.refund_reference);
    visit("refunded_at", self.refunded_at);
  }
};

// Yêu cầu thực hiện nghĩa vụ tài chính: the dossier waits for the citizen.
struct PaymentRequested {
  static constexpr std::string_view kType = "dossier.payment_requested";
  Code asked_by;
  std::vector<PaymentItem> items;
  std::vector<TextRef> texts;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("asked_by", self.asked_by);
    visit("items", self.items);
    visit("texts", self.texts);
  }
};

// Đã nộp: the dossier returns to the state in which the payment was asked.
struct PaymentConfirmed {
  static constexpr std::string_view kType = "dossier.payment_confirmed";
  Code reference;
  std::int64_t amount_vnd = 0;
  DossierState state = DossierState::submitted;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("reference", self.reference);
    visit("amount_vnd", self.amount_vnd);
    visit("state", self.state);
  }
};

// Miễn phí, lệ phí on a ground that the procedure names: likewise.
struct PaymentWaived {
  static constexpr std::string_view kType = "dossier.payment_waived";
  Code ground;
  DossierState state = DossierState::submitted;
  std::vector<TextRef> texts;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("ground", self.ground);
    visit("state", self.state);
    visit("texts", self.texts);
  }
};

// What was paid is to be given back: all that was not given back before, as the dossier was withdrawn or
// refused; or what came when it was over already.
struct RefundOwed {
  static constexpr std::string_view kType = "dossier.refund_owed";
  std::int64_t amount_vnd = 0;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("amount_vnd", self.amount_vnd);
  }
};

// Đã hoàn trả: all that was owed.
struct RefundConfirmed {
  static constexpr std::string_view kType = "dossier.refund_confirmed";
  Code reference;
  std::int64_t amount_vnd = 0;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("reference", self.reference);
    visit("amount_vnd", self.amount_vnd);
  }
};

}  // namespace motcua::core
