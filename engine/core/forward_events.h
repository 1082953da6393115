#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/core/dossier.h"

// The hand-over of papers.
namespace motcua::core {

// Chuyển hồ sơ giấy đi: the giver has handed the papers over.
struct DossierForwarded {
  static constexpr std::string_view kType = "dossier.forwarded";
  Code from_agency;
  Code from_officer;
  Code to_agency;
  std::vector<TextRef> texts;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("from_agency", self.from_agency);
    visit("from_officer", self.from_officer);
    visit("to_agency", self.to_agency);
    visit("texts", self.texts);
  }
};

// Nhận bàn giao: the competent agency has the papers.
struct ForwardReceived {
  static constexpr std::string_view kType = "dossier.forward_received";
  Code from_agency;
  Code agency;
  Code unit;
  Code officer;
  std::vector<TextRef> texts;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("from_agency", self.from_agency);
    visit("agency", self.agency);
    visit("unit", self.unit);
    visit("officer", self.officer);
    visit("texts", self.texts);
  }
};

// The giver has taken the papers back before they were received.
struct ForwardRecalled {
  static constexpr std::string_view kType = "dossier.forward_recalled";
  std::vector<TextRef> texts;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("texts", self.texts);
  }
};

// The receiver has sent the papers back before any work on them: they are to be handed over anew.
struct ForwardReturned {
  static constexpr std::string_view kType = "dossier.forward_returned";
  Code agency;  // that has them again
  std::vector<TextRef> texts;

  template <class Self, class Visit>
  static void describe(Self& self, Visit&& visit) {
    visit("agency", self.agency);
    visit("texts", self.texts);
  }
};

}  // namespace motcua::core
