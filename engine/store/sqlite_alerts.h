#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/store/alert.h"
#include "engine/store/sqlite_db.h"
#include "engine/store/sqlite_record_keys.h"
#include "engine/store/sqlite_scope.h"

namespace motcua::store::sqlite {

// The tables of alerts (005_alerts.sql), for the writer and for readers.
class Alerts {
 public:
  Alerts(Connection& connection, Words& words);

  AlertPage page(const AlertQuery& query);
  std::optional<Alert> find(const core::Uuid& id);
  std::vector<KeptAct> acts(const core::Uuid& id);
  std::vector<Digest> digests(const Scope& scope, const core::Code& agency, core::Date on);

  // What the ticker asks. Clocks of this kind that the agency owes behind `after` and due by `until`, in
  // order.
  std::vector<DueRow> due_rows(const core::Code& agency, core::ClockKind kind, const DuePlace& after,
                               core::Instant until, int limit);
  // The first due after that one; nothing when there is none.
  std::optional<core::Instant> next_due(const core::Code& agency, core::ClockKind kind, core::Instant after);
  std::vector<RungMark> marks();
  std::vector<Alert> to_review(core::Instant until, int limit);
  std::optional<core::Instant> next_review();
  std::optional<core::Date> last_digest(const core::Code& agency);

  // Inside a transaction.
  // `dossier`: its key, where it is known.
  void add(const Alert& alert, std::int64_t dossier = 0);
  // All of it. False: an act was decided on a state that is no longer so, and nothing is done.
  bool fire(const Firing& firing);

 private:
  void act(const AlertAct& act);
  void mark(const RungMark& mark);
  void add(const Digest& digest);
  Alert alert_of(const Rows& rows);
  std::int64_t word(Vocabulary vocabulary, const core::Code& code);
  // Sorted: of those for whom it waits.
  std::vector<std::int64_t> words_for(const Alert& alert);
  void look_by_words(const AlertQuery& query, const std::vector<std::int64_t>& words, AlertPage& page);
  bool take(const AlertQuery& query, Alert alert, AlertPage& page);

  Words& words_;
  ScopeCheck scope_;
  std::optional<ScopeWords> shown_;  // the scope of the page that is made
  RecordKeysEnd keys_end_;
  Statement by_id_, by_key_, last_key_, by_word_, all_, dossier_key_;
  Statement acts_, due_rows_, next_due_, marks_, reviews_, next_review_, digests_, last_digest_;
  Statement add_, add_for_, drop_for_, add_review_, drop_review_, set_state_, add_act_, next_act_, mark_,
      add_digest_;
};

}  // namespace motcua::store::sqlite
