#pragma once

#include <optional>
#include <string>

#include "engine/run/engine.h"

namespace motcua::run {

// Why a published list is corrected: words, as what a person types may name a citizen.
enum class CorrectionReason {
  entered_wrongly,
  late_entry,
  wrong_holder,
  decided_on_complaint,
  missing_dossier
};

// What a person does with a monthly list.
struct PublicationOrder {
  enum class What { open, correct, review, publish, redraft, discard };
  What what = What::open;
  core::Uuid publication;  // that it is about: of correct, the published one; of open, none
  std::string month;       // of open: "2026-10"
  core::Code agency;       // of open: the list's scope
  std::optional<core::Instant> recorded_until;  // of open and correct; nothing: the rule of the cut-off
  std::string code;                             // of correct: the row; empty: the whole list
  CorrectionReason reason = CorrectionReason::entered_wrongly;
  core::Code officer;
  int cutoff_working_days = 3;
  store::Scope scope;        // of whose lists the caller may say so
  store::Scope officer_may;  // of whose the officer may
  core::Code caller;
  RequestKey key;
};

// Checks and writes it; what takes long is the publisher's. On the writer's thread.
class PublicationKeeper {
 public:
  PublicationKeeper(store::Store& store, Clock& clock, Random& random)
      : store_(store), clock_(clock), random_(random) {}
  // 202: the publisher goes on (open, correct, publish, redraft). Rejections: invalid_month, month_not_over,
  // no_history, bad_cutoff, cutoff_ahead, unknown_agency, not_a_publisher, already_published, list_open,
  // list_superseded, row_not_listed, wrong_list_state, corrects_nothing, corrects_more.
  // Throws store::StoreError.
  BlockAnswer keep(const Definitions& definitions, const PublicationOrder& order);

 private:
  BlockAnswer open(const Definitions& definitions, const PublicationOrder& order);
  BlockAnswer correct(const Definitions& definitions, const PublicationOrder& order);
  BlockAnswer move(const PublicationOrder& order);
  std::optional<core::Rejection> hindrance(const Definitions& definitions, const PublicationOrder& order,
                                           const std::string& month, const core::Code& scope,
                                           const std::optional<store::Publication>& corrects) const;
  std::optional<core::Rejection> fill_cutoff(const Definitions& definitions, const PublicationOrder& order,
                                             store::Publication& opened) const;
  BlockAnswer add(const Definitions& definitions, const PublicationOrder& order, store::Publication opened);
  bool says_the_same(const store::Publication& correction);
  bool changes_other_rows(const store::Publication& correction);
  bool is_listed(const store::Publication& publication, const std::string& code);

  store::Store& store_;
  Clock& clock_;
  Random& random_;
};

// Why a list cannot be published beside the others of its month: already_published (one is, or is about to
// be), list_superseded (the one that it corrects is not the newest any more). Nothing: it can. Ask on the
// writer's thread where it decides.
std::optional<std::string_view> publishing_hindrance(store::Publications& all,
                                                     const store::Publication& list);

}  // namespace motcua::run

namespace motcua::core {
template <>
struct EnumWords<run::CorrectionReason> {
  static constexpr int first = 0;
  static constexpr std::string_view words[] = {"entered_wrongly", "late_entry", "wrong_holder",
                                               "decided_on_complaint", "missing_dossier"};
};
}  // namespace motcua::core
