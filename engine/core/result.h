#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/core/terms.h"
#include "engine/core/time.h"

namespace motcua::core {

struct ResultGiven {
  Code code;  // "<dossier code>-KQ1"
  Outcome outcome = Outcome::granted;
  ResultForm form = ResultForm::electronic;
  Code kind;  // of the procedure's results; empty where it names none
  bool operator==(const ResultGiven&) const = default;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("code", self.code);
    visit("outcome", self.outcome);
    visit("form", self.form);
    visit("kind", self.kind);
  }
};

// A result that does not stand any more: replaced by its successor, or annulled without one.
struct ResultChange {
  Code result;
  Code successor;  // empty: annulled
  Instant at;
  std::uint32_t version = 0;
  bool operator==(const ResultChange&) const = default;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("result", self.result);
    visit("successor", self.successor);
    visit("at", self.at);
    visit("version", self.version);
  }
};

// The citizen was told that the result is there.
struct ResultNotice {
  Instant at;
  bool early = false;  // settled before it was due
  bool operator==(const ResultNotice&) const = default;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("at", self.at);
    visit("early", self.early);
  }
};

// 118 art. 22.5: a result that is early is announced before it is returned.
struct ResultAnnounced {
  static constexpr std::string_view kType = "dossier.result_announced";
  bool early = false;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("early", self.early);
  }
};

struct ResultReplaced {
  static constexpr std::string_view kType = "dossier.result_replaced";
  Code replaced;
  ResultGiven result;
  std::vector<TextRef> texts;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("replaced", self.replaced);
    visit("result", self.result);
    visit("texts", self.texts);
  }
};

struct ResultAnnulled {
  static constexpr std::string_view kType = "dossier.result_annulled";
  Code annulled;
  std::vector<TextRef> texts;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("annulled", self.annulled);
    visit("texts", self.texts);
  }
};

}  // namespace motcua::core
