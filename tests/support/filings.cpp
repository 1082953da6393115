#include "tests/support/filings.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace motcua::bench {
namespace {

using Json = nlohmann::ordered_json;

std::string digits(Dice& dice, int count) {
  std::string text;
  while (count-- > 0) text += static_cast<char>('0' + dice.below(10));
  return text;
}

void hand_in_papers(Filing& filing, Dice& dice) {
  nlohmann::json typed = nlohmann::json::array();
  for (const core::PaperDefinition& paper : filing.procedure->papers) {
    if (!paper.required && dice.chance(0.5)) continue;
    core::PaperHanded handed;
    handed.key = paper.key;
    handed.form = paper.forms.empty() ? core::PaperForm::original : dice.pick(paper.forms);
    handed.copies = static_cast<std::uint32_t>(paper.copies);
    handed.digitised = dice.chance(0.6);
    if (handed.digitised) {
      typed.push_back({{"key", paper.key.text}, {"file_ref", "kho/2026/" + digits(dice, 10) + ".pdf"}});
    }
    filing.submit.papers.push_back(std::move(handed));
  }
  if (!typed.empty()) filing.fragments.push_back({core::TextRecord::papers, typed.dump()});
}

Json invent_owner(Filing& filing, Dice& dice) {
  static constexpr std::array kFamily = {"Nguyễn", "Trần", "Lê",  "Phạm", "Hoàng", "Huỳnh", "Phan", "Vũ",
                                         "Võ",     "Đặng", "Bùi", "Đỗ",   "Hồ",    "Ngô",   "Dương"};
  static constexpr std::array kMiddle = {"Văn", "Thị", "Đức", "Minh", "Ngọc", "Thanh", "Quốc", "Hữu", "Thu"};
  static constexpr std::array kGiven = {"An",   "Bình", "Châu", "Dũng", "Giang", "Hạnh", "Hương", "Khánh",
                                        "Lan",  "Long", "Mai",  "Nam",  "Oanh",  "Phúc", "Quỳnh", "Sơn",
                                        "Thảo", "Tuấn", "Uyên", "Vinh", "Xuân",  "Yến"};
  static constexpr std::array kStreets = {"Trần Phú", "Lê Hồng Phong", "2 Tháng 4", "Yersin", "Thống Nhất"};
  static constexpr std::array kPlaces = {"phường Nha Trang", "phường Bắc Nha Trang", "xã Diên Khánh",
                                         "phường Cam Ranh", "xã Ninh Phước"};
  const auto u = dice.unit();
  core::OwnerKind& kind = filing.submit.owner_kind;
  kind = u < 0.88   ? core::OwnerKind::citizen
         : u < 0.97 ? core::OwnerKind::business
         : u < 0.99 ? core::OwnerKind::state_body
                    : core::OwnerKind::other;
  std::string name = std::string(dice.pick(kFamily)) + ' ' + dice.pick(kMiddle) + ' ' + dice.pick(kGiven);
  if (kind == core::OwnerKind::business) name = "Công ty TNHH " + name;
  const bool citizen = kind == core::OwnerKind::citizen;
  const std::string number = citizen ? "056" + digits(dice, 9) : "4201" + digits(dice, 6);
  const std::string phone = "09" + digits(dice, 8);
  filing.searchable = {name, number, phone};
  Json owner = {{"name", name}, {"id_kind", citizen ? "cccd" : "tax_code"}, {"id_number", number}};
  owner["phone"] = phone;
  if (dice.chance(0.4)) owner["email"] = "nguoinop" + digits(dice, 5) + "@example.vn";
  owner["address"] = digits(dice, 2) + " " + dice.pick(kStreets) + ", " + dice.pick(kPlaces) + ", Khánh Hòa";
  return owner;
}

Json state_facts(Filing& filing, Dice& dice) {
  Json all = Json::object();
  Json personal = Json::object();
  for (const core::FactDefinition& definition : filing.procedure->facts) {
    const std::string& key = definition.key.text;
    core::Fact fact{definition.key, std::int64_t{0}};
    Json value;
    switch (definition.type) {
      case core::FactType::integer:
        fact.value = static_cast<std::int64_t>(1 + dice.below(400));
        value = std::get<std::int64_t>(fact.value);
        break;
      case core::FactType::boolean:
        fact.value = dice.chance(0.5);
        value = std::get<bool>(fact.value);
        break;
      case core::FactType::date:
        fact.value = core::Date{static_cast<std::int32_t>(19'000 + dice.below(1500))};
        value = core::format_date(std::get<core::Date>(fact.value));
        break;
      case core::FactType::enumeration:
        fact.value = dice.pick(definition.values);
        value = std::get<core::Code>(fact.value).text;
        break;
      case core::FactType::text:
        value = "bổ sung hồ sơ cá nhân";
        break;
    }
    all[key] = value;
    if (definition.personal || definition.type == core::FactType::text) {
      personal[key] = value;
    } else {
      filing.submit.facts.push_back(std::move(fact));
    }
  }
  if (!personal.empty()) filing.fragments.push_back({core::TextRecord::facts, personal.dump()});
  return all;
}

std::string body_of(const Filing& filing, Json owner, const std::string& content, const Json& facts) {
  const core::SubmitDossier& submit = filing.submit;
  owner["kind"] = core::word_of(submit.owner_kind);
  Json papers = Json::array();
  for (const core::PaperHanded& paper : submit.papers) {
    papers.push_back({{"key", paper.key.text},
                      {"form", core::word_of(paper.form)},
                      {"copies", paper.copies},
                      {"digitised", paper.digitised}});
  }
  return Json{{"procedure", submit.procedure.text},
              {"variant", submit.variant.text},
              {"channel", core::word_of(submit.channel)},
              {"receiving_agency", submit.receiving_agency.text},
              {"competent_agency", submit.competent_agency.text},
              {"result_delivery", core::word_of(submit.delivery)},
              {"accept", submit.accept},
              {"owner", std::move(owner)},
              {"content", content},
              {"papers", std::move(papers)},
              {"facts", facts}}
      .dump();
}

}  // namespace

Filings::Filings(const run::Definitions& definitions, std::uint64_t seed, Demand demand)
    : definitions_(definitions), demand_(demand), dice_(seed) {
  for (const core::Procedure* procedure : definitions.procedures()) {
    if (demand == Demand::whole_catalogue) all_.push_back(procedure);
    if (demand == Demand::whole_catalogue && procedure->papers.empty()) continue;  // not described
    if (procedure->levels.size() == 1 && procedure->levels[0] == core::AgencyLevel::ministry) continue;
    const bool untimed = procedure->terms[0].statutory.unit == core::LimitUnit::unspecified;
    (untimed ? untimed_ : timed_).push_back(procedure);
  }
}

const core::Procedure* Filings::choose_procedure(core::Date on) {
  if (demand_ == Demand::whole_catalogue && dice_.chance(0.5)) {
    for (std::size_t tried = 0; tried < all_.size(); ++tried) {
      const core::Procedure* procedure = all_[turn_++ % all_.size()];
      if (!able_agencies(*procedure, on).empty()) return procedure;
    }
  }
  const auto& from = dice_.chance(0.03) && !untimed_.empty() ? untimed_ : timed_;
  // Some procedures are asked for far more often than others.
  const double u = dice_.unit();
  return from[static_cast<std::size_t>(u * u * static_cast<double>(from.size()))];
}

Filing Filings::next(core::Date on, bool with_body) {
  Filing filing;
  filing.procedure = choose_procedure(on);
  choose_place(filing, on);
  hand_in_papers(filing, dice_);
  Json owner = invent_owner(filing, dice_);
  const std::string content = "Đề nghị giải quyết: " + filing.procedure->name;
  const Json facts = state_facts(filing, dice_);
  filing.fragments.insert(filing.fragments.begin(), {core::TextRecord::owner, owner.dump()});
  filing.fragments.push_back({core::TextRecord::content, nlohmann::json(content).dump()});
  if (with_body) filing.body = body_of(filing, std::move(owner), content, facts);
  return filing;
}

std::vector<const core::Agency*> Filings::able_agencies(const core::Procedure& procedure,
                                                        core::Date on) const {
  const bool whole = demand_ == Demand::whole_catalogue;
  const core::Code& province = definitions_.agencies().front().code;
  const auto carries_out = [&](core::AgencyLevel level) {
    if (procedure.competent_level) return level == *procedure.competent_level;
    if (!whole) return level == procedure.levels.front();
    return std::find(procedure.levels.begin(), procedure.levels.end(), level) != procedure.levels.end();
  };
  std::vector<const core::Agency*> able;
  for (const core::Agency& agency : definitions_.agencies()) {
    if (!carries_out(agency.level) || !agency.exists_on(on) || agency.officers.size() <= 1) continue;
    if (!whole || agency.code == province || agency.parent == province) able.push_back(&agency);
  }
  return able;
}

void Filings::choose_place(Filing& filing, core::Date on) {
  core::SubmitDossier& submit = filing.submit;
  const core::Procedure& procedure = *filing.procedure;
  submit.procedure = procedure.code;
  std::vector<const core::ChannelTerm*> offered;
  for (const core::ChannelTerm& term : procedure.terms) offered.push_back(&term);
  const core::ChannelTerm& term = *dice_.pick(offered);
  submit.channel = term.channel;
  submit.variant = term.variant;
  const std::vector<const core::Agency*> able = able_agencies(procedure, on);
  const core::Agency& competent = *dice_.pick(able);
  submit.competent_agency = competent.code;
  submit.receiving_agency = competent.one_stop ? competent.code : core::Code("H32.1");
  submit.accept = submit.channel != core::Channel::online && dice_.chance(0.7);
  submit.delivery = static_cast<core::Delivery>(dice_.below(3));
}

}  // namespace motcua::bench
