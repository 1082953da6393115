#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/core/terms.h"

namespace motcua::core {

// The limit of one channel and variant. The due date is the committed one where a province promised a shorter
// term.
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
  std::vector<PaperForm> forms;  // empty: any
  std::vector<Code> variants{};  // to which it belongs; empty: to all
  bool belongs_to(const Code& variant) const;
};

struct FactDefinition {
  Code key;
  FactType type = FactType::integer;
  std::vector<Code> values;  // of an enum
  bool required = false;
  bool personal = false;  // kept sealed, never in an event, never in a condition
};

struct StepDefinition {
  Code key;
  std::string name;
  StepKind kind = StepKind::handle;
  Code role;
  bool at_receiving = false;  // else at the competent agency
  std::optional<Limit> budget;
};

struct ResultDefinition {
  Code code;
  std::string name;
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
  std::vector<FeeDefinition> fees{};
  std::optional<PaymentDefinition> payment{};
  bool essential_service = false;  // one of the 25 dịch vụ công thiết yếu

  // The term for a channel and variant; null when it is not offered.
  const ChannelTerm* term(Channel channel, const Code& variant) const;
  bool offers(Channel channel) const;
  const StepDefinition* step(const Code& key) const;
  // The step after `key`; null after the last.
  const StepDefinition* step_after(const Code& key) const;
};

}  // namespace motcua::core
