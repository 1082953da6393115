#include "engine/run/procedure_loader.h"

#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "engine/run/members_loader.h"
#include "engine/run/procedure_check.h"
#include "engine/run/workflow_check.h"
#include "engine/run/workflow_loader.h"

namespace motcua::run {
namespace {

using nlohmann::json;

constexpr std::int64_t kFeeMax = 1'000'000'000'000;

class ProcedureReader {
 public:
  explicit ProcedureReader(Source source) : source_(source) {}

  core::Procedure read(const json& document) {
    ObjectReader in(document, "", source_.file, source_.faults);
    if (!in.is_object()) return {};
    read_format(in);
    read_head(in);
    read_variants(in);
    read_objects(in, "limits", Presence::required, 1, source_, [this](ObjectReader& t) { read_term(t); });
    read_overrides(in);
    read_objects(in, "papers", Presence::required, 0, source_, [this](ObjectReader& p) { read_paper(p); });
    read_objects(in, "fees", Presence::optional, 1, source_, [this](ObjectReader& f) { read_fee(f); });
    read_payment(in);
    read_objects(in, "facts", Presence::required, 0, source_, [this](ObjectReader& f) { read_fact(f); });
    read_objects(in, "steps", Presence::required, 1, source_, [this](ObjectReader& s) { read_step(s); });
    read_workflow(in, made_, source_);
    read_objects(in, "results", Presence::required, 0, source_, [this](ObjectReader& r) {
      core::ResultDefinition result;
      result.code = read_code(r, "code", Presence::required, kResultSpelling).value_or(core::Code());
      result.name = read_text(r, "name", Presence::required, 1000).value_or("");
      made_.results.push_back(std::move(result));
    });
    read_grounds(in, "suspensions", LengthOf::suspension, made_.suspensions);
    read_grounds(in, "extensions", LengthOf::extension, made_.extensions);
    read_grounds(in, "stops", LengthOf::stop, made_.stops);
    in.refuse_unknown();
    check_procedure(made_, declares_variants_, source_);
    check_workflow(made_, source_);
    return std::move(made_);
  }

 private:
  void read_head(ObjectReader& in) {
    made_.code = read_code(in, "code", Presence::required, kProcedureSpelling).value_or(core::Code());
    made_.name = read_text(in, "name", Presence::required, 2000).value_or("");
    made_.decision = read_text(in, "decision", Presence::required, 100).value_or("");
    if (const json* domain = in.member("domain", Presence::required)) {
      ObjectReader of(*domain, in.pointer_to("domain"), source_.file, source_.faults);
      made_.domain_code = read_code(of, "code", Presence::optional, kDomainSpelling).value_or(core::Code());
      made_.domain = read_text(of, "name", Presence::required, 300).value_or("");
      of.refuse_unknown();
    }
    const auto from = read_date(in, "valid_from", Presence::required);
    made_.valid_from = from.value_or(core::Date{});
    made_.valid_to = read_last_date(in, "valid_to", Presence::optional, from);
    read_levels(in);
    if (const auto years = read_integer(in, "retention_years", Presence::optional, 1, 200)) {
      made_.retention_years = static_cast<int>(*years);
    }
    made_.anywhere = in.boolean("anywhere", Presence::optional).value_or(false);
    made_.essential_service = in.boolean("essential_service", Presence::optional).value_or(false);
  }

  void read_levels(ObjectReader& in) {
    for (const PointedText& word : read_words(in, "level", Presence::required, source_)) {
      const auto level = level_of(word.text);
      if (level) made_.levels.push_back(*level);
      if (!level) source_.report(word.pointer, not_one_of(kLevels, word.text));
    }
    const auto text = in.text("competent_level", Presence::optional);
    if (!text) return;
    made_.competent_level = level_of(*text);
    if (!made_.competent_level) in.fault("competent_level", not_one_of(kLevels, *text));
  }

  // The district level ended on 30/06/2025: agencies of it are known, but no procedure names it.
  static std::optional<core::AgencyLevel> level_of(std::string_view word) {
    const auto level = core::enum_of<core::AgencyLevel>(word);
    return level == core::AgencyLevel::district ? std::nullopt : level;
  }

  void read_variants(ObjectReader& in) {
    declares_variants_ = in.member("variants", Presence::optional) != nullptr;
    read_objects(in, "variants", Presence::optional, 1, source_, [this](ObjectReader& v) {
      made_.variants.push_back(read_code(v, "key", Presence::required, kKeySpelling).value_or(core::Code()));
      made_.variant_names.push_back(read_text(v, "name", Presence::required, 300).value_or(""));
    });
    if (declares_variants_) return;
    made_.variants = {core::Code("default")};
    made_.variant_names = {""};
  }

  void read_term(ObjectReader& in) {
    core::ChannelTerm term;
    term.channel =
        read_word<core::Channel>(in, "channel", Presence::required).value_or(core::Channel::direct);
    const bool names_variant = in.member("variant", Presence::optional) != nullptr;
    term.variant = read_code(in, "variant", Presence::optional, kKeySpelling)
                       .value_or(core::Code(names_variant ? "" : "default"));
    term.statutory =
        read_limit(in, "statutory", Presence::required, LimitUse::any, source_).value_or(core::Limit{});
    if (const json* committed = in.member("committed", Presence::optional)) {
      ObjectReader promise(*committed, in.pointer_to("committed"), source_.file, source_.faults);
      term.committed = read_limit_members(promise, LimitUse::counted);
      term.committed_decision = read_text(promise, "decision", Presence::required, 200).value_or("");
      promise.refuse_unknown();
    }
    term.fee_vnd = read_integer(in, "fee_vnd", Presence::optional, 0, kFeeMax);
    made_.terms.push_back(std::move(term));
  }

  std::optional<core::LimitOverride> read_override(ObjectReader& in, const std::string& key,
                                                   const std::string& limit_key) {
    const json* found = in.member(key, Presence::optional);
    if (found == nullptr) return std::nullopt;
    ObjectReader of(*found, in.pointer_to(key), source_.file, source_.faults);
    const auto limit = read_limit(of, limit_key, Presence::required, LimitUse::counted, source_);
    auto basis = read_text(of, "basis", Presence::required, 500);
    of.refuse_unknown();
    if (!limit || !basis) return std::nullopt;
    return core::LimitOverride{*limit, std::move(*basis)};
  }

  void read_overrides(ObjectReader& in) {
    made_.acceptance = read_override(in, "acceptance", "limit");
    made_.citizen_wait = read_override(in, "supplement", "citizen_wait");
  }

  enum class LengthOf { suspension, extension, stop };
  // Grounds of the sector's law: what may suspend, extend or stop, how often and for how long.
  void read_grounds(ObjectReader& in, const std::string& key, LengthOf use,
                    std::vector<core::GroundDefinition>& into) {
    read_objects(in, key, Presence::optional, 1, source_, [&](ObjectReader& of) {
      core::GroundDefinition ground;
      ground.ground = read_code(of, "ground", Presence::required, kGroundSpelling).value_or(core::Code());
      ground.name = read_text(of, "name", Presence::required, 500).value_or("");
      ground.basis = read_text(of, "basis", Presence::required, 500).value_or("");
      if (use != LengthOf::stop) {
        ground.times = static_cast<int>(read_integer(of, "times", Presence::required, 1, 100).value_or(1));
        ground.length =
            read_limit(of, "length", use == LengthOf::extension ? Presence::required : Presence::optional,
                       LimitUse::counted, source_);
      }
      into.push_back(std::move(ground));
    });
  }

  void read_paper(ObjectReader& in) {
    core::PaperDefinition paper;
    paper.key = read_code(in, "key", Presence::required, kKeySpelling).value_or(core::Code());
    paper.name = read_text(in, "name", Presence::required, 500).value_or("");
    paper.required = in.boolean("required", Presence::required).value_or(false);
    paper.copies = static_cast<int>(read_integer(in, "copies", Presence::required, 1, 100).value_or(1));
    paper.forms = read_word_list<core::PaperForm>(in, "forms", Presence::required, source_);
    paper.variants = read_codes(in, "variants", Presence::optional, kKeySpelling, source_);
    made_.papers.push_back(std::move(paper));
  }

  void read_fee(ObjectReader& in) {
    core::FeeDefinition fee;
    fee.key = read_code(in, "key", Presence::required, kKeySpelling).value_or(core::Code());
    fee.name = read_text(in, "name", Presence::required, 300).value_or("");
    fee.kind = read_word<core::FeeKind>(in, "kind", Presence::required).value_or(core::FeeKind::fee);
    fee.amount_vnd = read_integer(in, "amount_vnd", Presence::required, 0, kFeeMax).value_or(0);
    fee.variant = read_code(in, "variant", Presence::optional, kKeySpelling).value_or(core::Code());
    fee.channel = read_word<core::Channel>(in, "channel", Presence::optional);
    made_.fees.push_back(std::move(fee));
  }

  core::LegalGround read_ground(ObjectReader& in, bool named) {
    core::LegalGround ground;
    ground.ground = read_code(in, "ground", Presence::required, kGroundSpelling).value_or(core::Code());
    if (named) ground.name = read_text(in, "name", Presence::required, 300).value_or("");
    ground.basis = read_text(in, "basis", Presence::required, 500).value_or("");
    return ground;
  }

  void read_payment(ObjectReader& in) {
    const json* found = in.member("payment", Presence::optional);
    if (found == nullptr) return;
    ObjectReader of(*found, in.pointer_to("payment"), source_.file, source_.faults);
    core::PaymentDefinition payment;
    payment.when = read_word<core::PaymentTime>(of, "when", Presence::required).value_or(payment.when);
    payment.effect =
        read_word<core::PaymentEffect>(of, "effect", Presence::required).value_or(payment.effect);
    const bool stops = payment.effect != core::PaymentEffect::none;
    // A clock is never stopped without a legal ground.
    if (stops) payment.ground = read_ground(of, false);
    if (stops && payment.when == core::PaymentTime::before_acceptance) {
      of.fault("effect", "Expected none before acceptance, as no settlement runs, but it is " +
                             std::string(core::word_of(payment.effect)));
    }
    read_objects(of, "waivers", Presence::optional, 1, source_,
                 [&](ObjectReader& w) { payment.waivers.push_back(read_ground(w, true)); });
    payment.refundable = of.boolean("refundable", Presence::required).value_or(false);
    of.refuse_unknown();
    made_.payment = std::move(payment);
  }

  void read_fact(ObjectReader& in) {
    core::FactDefinition fact;
    fact.key = read_code(in, "key", Presence::required, kKeySpelling).value_or(core::Code());
    const auto type = read_word<core::FactType>(in, "type", Presence::required);
    fact.type = type.value_or(core::FactType::integer);
    const bool has_words = type == core::FactType::enumeration;
    fact.values =
        read_codes(in, "values", has_words ? Presence::required : Presence::optional, kKeySpelling, source_);
    if (type && !has_words && in.member("values", Presence::optional) != nullptr) {
      in.fault("values",
               "Expected values of an enum only, but the type is " + std::string(core::word_of(*type)));
    }
    fact.required = in.boolean("required", Presence::required).value_or(false);
    const auto personal = in.boolean("personal", Presence::required);
    fact.personal = personal.value_or(true);
    if (type == core::FactType::text && personal == false) {
      in.fault("personal", "Expected a text to be personal, but it is said not to be");
    }
    made_.facts.push_back(std::move(fact));
  }

  void read_step(ObjectReader& in) {
    core::StepDefinition step;
    step.key = read_code(in, "key", Presence::required, kKeySpelling).value_or(core::Code());
    step.name = read_text(in, "name", Presence::required, 300).value_or("");
    step.kind = read_word<core::StepKind>(in, "kind", Presence::required).value_or(core::StepKind::handle);
    step.role = core::Code(read_one_of(in, "role", kRoles));
    const std::string place = read_one_of(in, "agency", kPlaces);
    step.at_receiving = place == kPlaces[0];
    read_consulted(in, place == kPlaces[2], step);
    step.budget = read_limit(in, "budget", Presence::optional, LimitUse::counted, source_);
    step.join = in.boolean("join", Presence::optional).value_or(false);
    step.next = read_edges(in, source_);
    made_.steps.push_back(std::move(step));
  }

  void read_consulted(ObjectReader& in, bool consulted, core::StepDefinition& step) {
    const auto key =
        read_code(in, "consultation", consulted ? Presence::required : Presence::optional, kKeySpelling);
    if (consulted) {
      step.consultation = key.value_or(core::Code());
    } else if (key) {
      in.fault("consultation", "Expected it of a step at a consulted agency only, but this is none");
    }
  }

  template <std::size_t N>
  std::string read_one_of(ObjectReader& in, const std::string& key, const std::string_view (&words)[N]) {
    const auto text = in.text(key, Presence::required);
    if (!text) return "";
    for (const std::string_view word : words) {
      if (*text == word) return *text;
    }
    in.fault(key, not_one_of(words, *text));
    return "";
  }

  static constexpr std::string_view kLevels[] = {"ministry", "province", "commune", "other"};
  static constexpr std::string_view kRoles[] = {"handling_officer", "unit_head", "agency_head",
                                                "counter_officer"};
  static constexpr std::string_view kPlaces[] = {"receiving", "competent", "consulted"};

  Source source_;
  core::Procedure made_;
  bool declares_variants_ = false;
};

}  // namespace

core::Procedure read_procedure(std::string_view json_text, std::string_view file,
                               std::vector<LoadFault>& faults) {
  const std::optional<json> document = load_json(json_text, file, faults);
  return document ? ProcedureReader({file, faults}).read(*document) : core::Procedure{};
}

std::optional<core::Procedure> load_procedure(std::string_view json_text, std::string_view file,
                                              std::vector<LoadFault>& faults) {
  const std::size_t before = faults.size();
  core::Procedure procedure = read_procedure(json_text, file, faults);
  if (faults.size() != before) return std::nullopt;
  return procedure;
}

}  // namespace motcua::run
