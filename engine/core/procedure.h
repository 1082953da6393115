#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/core/condition.h"
#include "engine/core/terms.h"

namespace motcua::core {

// The limit of one channel and variant. The due date is the committed one where a province promised a shorter
// term, and never later than the law's (first_to_end).
struct ChannelTerm {
  Channel channel = Channel::direct;
  Code variant;  // "default" where a procedure has one
  Limit statutory;
  std::optional<Limit> committed;
  std::string committed_decision;
  std::optional<std::int64_t> fee_vnd;
  const Limit& promised() const { return committed ? *committed : statutory; }
};

// A sector's own law in place of a rule of the rulebook.
struct LimitOverride {
  Limit limit;
  std::string basis;
};

struct PaperDefinition {
  Code key;
  std::string name;
  bool required = false;
  int copies = 1;
  std::vector<PaperForm> forms;  // in which it is taken; empty: any
  std::vector<Code> variants{};  // to which it belongs; empty: to all
  bool belongs_to(const Code& variant) const;
  bool takes(PaperForm form) const;
};

struct FactDefinition {
  Code key;
  FactType type = FactType::integer;
  std::vector<Code> values;  // of an enum
  bool required = false;
  bool personal = false;  // kept sealed, never in an event, never in a condition
};

// A way that leaves a step. A step's are tried in the order of the file; the last asks nothing.
struct StepEdge {
  std::optional<Condition> when;  // nothing: else
  std::vector<Code> to;           // several: a fork, whose branches run side by side until they join
};

struct StepDefinition {
  Code key;
  std::string name;
  StepKind kind = StepKind::handle;
  Code role;
  bool at_receiving = false;  // else at the competent agency, or the one of `consultation`
  std::optional<Limit> budget;
  Code consultation{};           // of a step at a consulted agency
  std::vector<StepEdge> next{};  // none: the step that follows in the file
  bool join = false;             // entered when all branches of the fork have come
  StepPlace place() const {
    if (!consultation.empty()) return StepPlace::consulted;
    return at_receiving ? StepPlace::receiving : StepPlace::competent;
  }
};

// An opinion that may be asked of another agency, beside the steps.
struct ConsultationDefinition {
  Code key;
  std::string name;
  std::vector<Code> agencies;  // any of them; or
  std::optional<AgencyLevel> level;
  Limit budget;
  std::string basis;
  Code procedure{};      // linked: a dossier of it is opened at the agency, and its end is the answer
  bool awaited = false;  // once asked, nothing is granted before the answer has come
};

struct ResultDefinition {
  Code code;
  std::string name;
};

// A ground (căn cứ) of the sector's law on which a term may be suspended or extended, or a dossier stopped.
struct GroundDefinition {
  Code ground;
  std::string name;
  std::string basis;
  int times = 1;                // at most so often per dossier
  std::optional<Limit> length;  // at most so long each time; a suspension without one ends by hand only
};

// One entry of the fee schedule. Of the entries with one key the most specific for a dossier counts: what a
// channel or a variant pays in place of the rest.
struct FeeDefinition {
  Code key;
  std::string name;
  FeeKind kind = FeeKind::fee;
  std::int64_t amount_vnd = 0;
  Code variant;                    // empty: any
  std::optional<Channel> channel;  // nothing: any
};

// A ground of law that a procedure names.
struct LegalGround {
  Code ground;
  std::string name;
  std::string basis;
};

// How a procedure is paid for. One that says nothing of it takes payments at any time, which stop no clock
// but that of the acceptance.
struct PaymentDefinition {
  PaymentTime when = PaymentTime::before_acceptance;
  PaymentEffect effect = PaymentEffect::none;  // on the settlement
  std::optional<LegalGround> ground;           // of an effect
  std::vector<LegalGround> waivers;
  bool refundable = false;  // when the dossier is withdrawn or refused
};

// One version of an administrative procedure (thủ tục hành chính). Immutable.
struct Procedure {
  Code code;     // national code, "1.001193"
  Code version;  // content hash
  std::string name;
  std::string domain;
  Date valid_from;
  std::optional<Date> valid_to;
  std::vector<AgencyLevel> levels;
  std::vector<Code> variants;
  std::vector<ChannelTerm> terms;
  std::optional<LimitOverride> acceptance;
  std::optional<LimitOverride> citizen_wait;
  std::vector<PaperDefinition> papers;
  std::vector<FactDefinition> facts;
  std::vector<StepDefinition> steps;  // in order; at least one
  std::vector<ResultDefinition> results;
  std::string decision{};                        // that published it
  Code domain_code{};                            // where known
  std::optional<AgencyLevel> competent_level{};  // who decides, one of `levels`; nothing: not known
  std::vector<std::string> variant_names{};      // in the order of `variants`
  std::optional<int> retention_years{};
  bool anywhere = false;  // may be received outside the territory of the competent agency
  std::optional<int>
      condition_language{};  // of its edges; nothing: it has none, and the steps follow in order
  std::vector<ConsultationDefinition> consultations{};
  std::vector<GroundDefinition> suspensions{};
  std::vector<GroundDefinition> extensions{};  // each with a length
  std::vector<GroundDefinition> stops{};
  std::vector<FeeDefinition> fees{};
  std::optional<PaymentDefinition> payment{};
  bool essential_service = false;  // one of the 25 dịch vụ công thiết yếu

  // The term for a channel and variant; null when it is not offered.
  const ChannelTerm* term(Channel channel, const Code& variant) const;
  bool offers(Channel channel) const;
  const StepDefinition* step(const Code& key) const;
  // The step after `key`; null after the last.
  const StepDefinition* step_after(const Code& key) const;
  const ConsultationDefinition* consultation(const Code& key) const;
  // The place of a step in the file; nothing for an unknown one.
  std::optional<std::size_t> place_of(const Code& key) const;
  // What its conditions may ask: its own facts that are not personal, channel, variant, level, owner_kind,
  // outcome, and paper.<key> for each of its papers.
  std::vector<ConditionFact> condition_facts() const;
};

}  // namespace motcua::core
