#include "engine/run/publication_keeper.h"

#include <algorithm>
#include <limits>
#include <span>

#include "engine/core/canonical_json.h"
#include "engine/core/rejecting.h"
#include "engine/run/code_blocks.h"
#include "engine/run/publisher.h"

namespace motcua::run {
namespace {

constexpr core::Instant kNever{std::numeric_limits<std::int64_t>::max()};

using store::Publication;
using store::PublicationState;
using What = PublicationOrder::What;

store::Outcome publication_outcome(const PublicationOrder& order, core::Instant now, std::uint16_t status,
                                   const core::Uuid& publication) {
  store::Outcome outcome;
  outcome.key = order.key.key;
  outcome.fingerprint = order.key.fingerprint;
  outcome.answered_at = now;
  outcome.status = status;
  outcome.dossier = publication;
  return outcome;
}

// The state that an act found, with the way on where there is one.
std::string state_words(const Publication& list) {
  const std::string state(core::word_of(list.state));
  if (list.state != PublicationState::draft || list.trouble.empty()) return "it is " + state;
  if (list.trouble.starts_with(kLateEndsDiffer)) {
    return "it is a draft, and the rows of late ends of " + list.trouble.substr(kLateEndsDiffer.size()) +
           " are not those that were written: have motcua rebuild run, then redraft it";
  }
  return "it is a draft that came to nothing (" + list.trouble + "): redraft it, or discard it";
}

// Of the head of a list, which is canonical JSON, what it says of the month: neither which document it is,
// nor its cut-off, nor by which versions of definitions it came to the same.
std::string told_of_head(const std::string& head) {
  const auto from = [&](std::string_view member) { return std::min(head.find(member), head.size()); };
  const std::size_t individuals = from("\"individuals\":");
  const std::size_t number = from("\"number\":");
  return head.substr(individuals, number - std::min(individuals, number)) +
         head.substr(from("\"period_from\":"));
}

bool may_see(const store::Scope& scope, const Publication& publication) {
  return scope.covers(publication.scope);
}

}  // namespace

std::optional<std::string_view> publishing_hindrance(store::Publications& all, const Publication& list) {
  store::PublicationQuery query;
  query.month = list.month;
  query.scope = list.scope;
  query.state = PublicationState::publishing;
  for (const Publication& other : all.page(query)) {
    if (other.id != list.id) return "already_published";
  }
  query.state = PublicationState::published;
  query.limit = 1;  // the newest
  const auto published = all.page(query);
  if (published.empty()) return std::nullopt;
  if (!list.corrects) return "already_published";
  if (published.front().id != *list.corrects) return "list_superseded";
  return std::nullopt;
}

BlockAnswer PublicationKeeper::keep(const Definitions& definitions, const PublicationOrder& order) {
  if (auto before = answered_before(store_, order.key)) return *before;
  switch (order.what) {
    case What::open:
      return open(definitions, order);
    case What::correct:
      return correct(definitions, order);
    case What::review:
    case What::publish:
    case What::redraft:
    case What::discard:
      return move(order);
  }
  return Refused{Refused::Why::not_found, 0};
}

std::optional<core::Rejection> PublicationKeeper::hindrance(
    const Definitions& definitions, const PublicationOrder& order, const std::string& month,
    const core::Code& scope, const std::optional<Publication>& corrects) const {
  const core::Instant now = clock_.now();
  core::Faults faults;
  if (definitions.agency(scope) == nullptr) {
    faults.push_back({"#/agency", "unknown_agency",
                      core::expected("the code of an agency", "there is none of this code")});
  } else if (!order.officer_may.covers(scope)) {
    faults.push_back({"#/officer", "not_a_publisher",
                      core::expected("an officer whose position gives this right for the list's agency",
                                     "it is another")});
  }
  const auto period = core::month_period(month, core::kVietnamOffsetMinutes);
  if (!period) {
    faults.push_back({"#/month", "invalid_month", core::expected("a month, YYYY-MM", "it is none")});
  } else if (period->to > now) {
    faults.push_back(
        {"#/month", "month_not_over",
         core::expected("a month that is over",
                        "it ends at " + core::format_instant(period->to, core::kVietnamOffsetMinutes))});
  }
  if (!faults.empty()) return core::invalid(std::move(faults));
  store::PublicationQuery query;
  query.month = month;
  query.scope = scope;
  for (const Publication& known : store_.publications().page(query)) {
    if (known.state == PublicationState::discarded) continue;
    if (known.state != PublicationState::published) {
      return core::conflict("list_open", core::expected("no list of this month and agency under way",
                                                        "there is one: publish, redraft or discard it"));
    }
    if (!corrects) {
      return core::conflict("already_published",
                            core::expected("a month whose list is not published", "it is: correct that one"));
    }
    if (known.id != corrects->id) {
      return core::conflict("list_superseded",
                            core::expected("the newest list of its month", "a later one took its place"));
    }
    break;
  }
  return std::nullopt;
}

std::optional<core::Rejection> PublicationKeeper::fill_cutoff(const Definitions& definitions,
                                                              const PublicationOrder& order,
                                                              Publication& opened) const {
  const core::Instant now = clock_.now();
  const auto period = core::month_period(opened.month, core::kVietnamOffsetMinutes);
  // A correction is of what was recorded since.
  const auto by_rule = opened.corrects ? std::optional(now)
                                       : default_cutoff(definitions, opened.scope, opened.month,
                                                        order.cutoff_working_days, kNever);
  if (order.recorded_until && (*order.recorded_until < period->to || *order.recorded_until > now)) {
    return core::invalid("#/recorded_until", "bad_cutoff",
                         core::expected("an instant from the end of the month up to now", "it is another"));
  }
  const auto cutoff = order.recorded_until ? order.recorded_until : by_rule;
  if (cutoff && *cutoff > now) {
    return core::conflict(
        "cutoff_ahead",
        core::expected("a month whose cut-off is over, or recorded_until",
                       "it is " + core::format_instant(*cutoff, core::kVietnamOffsetMinutes)));
  }
  if (!cutoff && store_.reader()->counting().position_at(period->to) > 0) {
    return core::conflict("calendar_horizon", core::expected("a calendar that knows the days after the month",
                                                             "it does not reach so far"));
  }
  opened.cutoff_recorded_at = cutoff.value_or(period->to);
  opened.cutoff_position = store_.reader()->counting().position_at(opened.cutoff_recorded_at);
  if (opened.cutoff_position == 0) {
    return core::invalid(
        "#/month", "no_history",
        core::expected("a month of which something is recorded", "nothing is, up to the cut-off"));
  }
  return std::nullopt;
}

BlockAnswer PublicationKeeper::add(const Definitions& definitions, const PublicationOrder& order,
                                   Publication opened) {
  if (auto wrong = fill_cutoff(definitions, order, opened)) return Rejected{std::move(*wrong)};
  const core::Instant now = clock_.now();
  opened.id = random_.uuid_v7(now);
  opened.state_at = now;
  opened.made_at = now;
  opened.made_by = order.caller;
  opened.drafted_by = order.officer;
  const store::Outcome outcome = publication_outcome(order, now, 202, opened.id);
  const core::Uuid id = opened.id;
  const store::PublicationWrite write = store::AddPublication{std::move(opened)};
  if (store_.publications().write(std::span(&write, 1), &outcome) != store::Verdict::committed) {
    return Refused{Refused::Why::busy, 0};
  }
  return BlockDone{id, 202, false};
}

BlockAnswer PublicationKeeper::open(const Definitions& definitions, const PublicationOrder& order) {
  if (auto wrong = hindrance(definitions, order, order.month, order.agency, std::nullopt)) {
    return Rejected{std::move(*wrong)};
  }
  Publication opened;
  opened.month = order.month;
  opened.scope = order.agency;
  opened.number = store_.publications().next_number(opened.month, opened.scope);
  return add(definitions, order, std::move(opened));
}

namespace {

// As canonical JSON writes it.
std::string code_member(const std::string& code) {
  return "\"code\":" + core::canonical_json(code, core::kVietnamOffsetMinutes) + ',';
}

// The rows of a section but that one, each without its number. Rows alone have an accepted_at, as their first
// member.
void add_other_rows(const std::string& section, const std::string& code, std::vector<std::string>& rows) {
  constexpr std::string_view kBegin = R"({"accepted_at":)";
  constexpr std::string_view kNumber = R"("number":)";
  const std::size_t end = section.find(R"(],"name":)", section.find(R"("late":[)"));
  std::size_t at = section.find(kBegin);
  while (at < end) {
    const std::size_t next = std::min(section.find(kBegin, at + 1), end);
    std::string row = section.substr(at, section.rfind('}', next) - at);
    const std::size_t number = row.find(kNumber);
    row.erase(number, row.find(',', number) - number);
    if (row.find(code_member(code)) == std::string::npos) rows.push_back(std::move(row));
    at = next;
  }
}

}  // namespace

// Whether a correction says what the list says that it corrects, row by row and in sum, by the same method.
bool PublicationKeeper::says_the_same(const Publication& correction) {
  store::Publications& all = store_.publications();
  const auto corrected = all.find(*correction.corrects);
  if (!corrected || told_of_head(corrected->head) != told_of_head(correction.head)) return false;
  const auto agencies = all.parts(correction.key);
  if (all.parts(corrected->key) != agencies) return false;
  for (int i = 0; i < static_cast<int>(agencies.size()); ++i) {
    if (all.part(corrected->key, i)->body != all.part(correction.key, i)->body) return false;
  }
  return true;
}

// Whether a correction of one row says anything else of another; their numbers move where that one goes.
bool PublicationKeeper::changes_other_rows(const Publication& correction) {
  store::Publications& all = store_.publications();
  const auto corrected = all.find(*correction.corrects);
  if (!corrected || correction.corrected_code.empty()) return false;
  // Where codes are masked in one of them alone, no row has the code that it had.
  const auto masked = [](const Publication& list) {
    return list.head.starts_with(R"({"codes_masked":true)");
  };
  if (masked(*corrected) != masked(correction)) return false;
  const auto rows_of = [&](std::int64_t key) {
    std::vector<std::string> rows;
    const int sections = static_cast<int>(all.parts(key).size());
    for (int i = 0; i < sections; ++i)
      add_other_rows(all.part(key, i)->body, correction.corrected_code, rows);
    std::sort(rows.begin(), rows.end());
    return rows;
  };
  return rows_of(corrected->key) != rows_of(correction.key);
}

// The code stands in one section.
bool PublicationKeeper::is_listed(const Publication& publication, const std::string& code) {
  const std::string wanted = code_member(code);
  const auto sections = static_cast<int>(store_.publications().parts(publication.key).size());
  for (int i = 0; i < sections; ++i) {
    if (store_.publications().part(publication.key, i)->body.find(wanted) != std::string::npos) return true;
  }
  return false;
}

BlockAnswer PublicationKeeper::correct(const Definitions& definitions, const PublicationOrder& order) {
  const auto corrected = store_.publications().find(order.publication);
  if (!corrected || !may_see(order.scope, *corrected)) return Refused{Refused::Why::not_found, 0};
  if (corrected->state != PublicationState::published) {
    return Rejected{core::conflict("wrong_list_state",
                                   core::expected("a published list", "this one is not: discard it"))};
  }
  if (auto wrong = hindrance(definitions, order, corrected->month, corrected->scope, corrected)) {
    return Rejected{std::move(*wrong)};
  }
  if (!order.code.empty() && !is_listed(*corrected, order.code)) {
    return Rejected{
        core::invalid("#/code", "row_not_listed",
                      core::expected("the code of a row of that list", "none of its rows has it"))};
  }
  Publication opened;
  opened.month = corrected->month;
  opened.scope = corrected->scope;
  opened.corrects = corrected->id;
  opened.corrected_code = order.code;
  opened.reason = std::string(core::word_of(order.reason));
  opened.number = store_.publications().next_number(opened.month, opened.scope);
  return add(definitions, order, std::move(opened));
}

BlockAnswer PublicationKeeper::move(const PublicationOrder& order) {
  auto found = store_.publications().find(order.publication);
  if (!found || !may_see(order.scope, *found)) return Refused{Refused::Why::not_found, 0};
  const core::Instant now = clock_.now();
  if (!order.officer_may.covers(found->scope)) {
    return Rejected{core::invalid(
        "#/officer", "not_a_publisher",
        core::expected("an officer whose position gives this right for the list's agency", "it is another"))};
  }
  const PublicationState from = found->state;
  const bool open = from == PublicationState::draft || from == PublicationState::reviewed;
  const auto wrong_state = [&](std::string_view wanted) {
    return Rejected{core::conflict("wrong_list_state", core::expected(wanted, state_words(*found)))};
  };
  if (order.what == What::review) {
    if (from != PublicationState::draft || !found->trouble.empty()) return wrong_state("a draft");
    found->state = PublicationState::reviewed;
    found->reviewed_by = order.officer;
  } else if (order.what == What::publish) {
    if (from == PublicationState::published || from == PublicationState::publishing) {
      return Rejected{core::conflict(
          "already_published", core::expected("a list that is not published", "it is, or is about to be"))};
    }
    if (from != PublicationState::reviewed) return wrong_state("a list that was reviewed");
    if (const auto hindrance = publishing_hindrance(store_.publications(), *found)) {
      return Rejected{core::conflict(*hindrance, core::expected("a month of which no other list goes first",
                                                                "one is published, or about to be"))};
    }
    if (found->corrects && says_the_same(*found)) {
      return Rejected{core::conflict(
          "corrects_nothing", core::expected("a correction that says anything else than the list it corrects",
                                             "it says the same: discard it"))};
    }
    if (found->corrects && changes_other_rows(*found)) {
      return Rejected{core::conflict(
          "corrects_more", core::expected("a correction of the row that it names",
                                          "other rows differ too: discard it, and correct without a code"))};
    }
    found->state = PublicationState::publishing;
    found->published_by = order.officer;
  } else if (order.what == What::redraft) {
    if (!open) return wrong_state("a draft, or a list that was reviewed");
    found->state = PublicationState::drafting;
    found->trouble.clear();
    found->drafted_by = order.officer;
    found->reviewed_by = core::Code();
    found->head.clear();
    found->sha256.clear();
  } else {
    if (!open) return wrong_state("a draft, or a list that was reviewed");
    found->state = PublicationState::discarded;
  }
  found->state_at = now;
  const bool goes_on = order.what == What::publish || order.what == What::redraft;
  const std::uint16_t status = goes_on ? 202 : 200;
  const store::Outcome outcome = publication_outcome(order, now, status, found->id);
  const core::Uuid id = found->id;
  const store::PublicationWrite write = store::SetPublication{std::move(*found), from};
  if (store_.publications().write(std::span(&write, 1), &outcome) != store::Verdict::committed) {
    return Refused{Refused::Why::busy, 0};
  }
  return BlockDone{id, status, false};
}

}  // namespace motcua::run
