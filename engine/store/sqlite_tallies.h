#pragma once

#include <limits>
#include <vector>

#include "engine/store/counting.h"
#include "engine/store/sqlite_events.h"
#include "engine/store/sqlite_late_ends.h"
#include "engine/store/sqlite_stored.h"
#include "engine/store/sqlite_words.h"
#include "engine/store/tally_codec.h"

namespace motcua::store::sqlite {

// Writes the rows of `tally` and `late_end`.
class TallyWriter {
 public:
  TallyWriter(Connection& connection, Words& words);
  // After each commit's events of a dossier; `before` is what they were decided on.
  void note(std::int64_t key, const core::Dossier& before, const core::Dossier& after,
            const std::vector<LinkedEvent>& linked);
  // After one event, at `position`; `known` is that of the dossier's event before it.
  void note_one(std::int64_t key, const core::Dossier& before, const core::Dossier& after,
                const core::Event& event, std::int64_t position, std::int64_t known);
  // What a group writes once, at its end, in its transaction; and the end of one that is rolled back.
  void finish_group() { late_ends_.finish_group(); }
  void drop_group() { late_ends_.drop_group(); }

 private:
  void note_open(std::int64_t key, const core::Dossier& before, const core::Dossier& after,
                 const core::Event& event, std::int64_t position, std::int64_t known);
  void add(const TallyRow& row);
  Words& words_;
  Statement add_;
  LateEndWriter late_ends_;
  std::string bytes_;
};

// Rows for the dossiers of a database that has none, or those of another format. One transaction; once.
void fill_tallies(Connection& connection);

inline constexpr core::Instant kForever{std::numeric_limits<std::int64_t>::max()};

// Reads them.
class Tallies : public Counting {
 public:
  Tallies(Connection& connection, Words& words, StoredReader& stored);
  std::vector<TallyRow> tallies(std::int64_t from_position, std::int64_t before_position, int limit) override;
  std::vector<std::int64_t> counted_again(std::int64_t from_position) override;
  std::vector<std::int64_t> looked_back(std::int64_t from_position) override;
  std::vector<LateEnd> late_ends(std::int64_t from_position, std::int64_t until, core::Instant end) override;
  std::vector<std::string> unsound_late_months(std::int64_t from_position,
                                               const std::string& first) override {
    return sqlite::unsound_late_months(connection_, from_position, first);
  }
  std::vector<std::int64_t> open_keys() override { return open_keys_before(kForever); }
  std::vector<std::int64_t> open_keys_before(core::Instant received) override;
  std::vector<Present> dossiers(std::span<const std::int64_t> keys) override;
  std::vector<StoredEvent> history(std::int64_t key, std::int64_t until) override;
  std::vector<HistoryEnd> history_ends(std::span<const std::int64_t> keys) override;
  std::vector<StoredEvent> rest_of_history(const HistoryEnd& end, std::uint32_t after_version,
                                           std::int64_t until) override;
  std::int64_t pass_journal(std::int64_t from, std::int64_t until, int limit, Bodies bodies,
                            const Wanted& wanted, const TakeEvent& take) override;
  std::int64_t position_at(core::Instant recorded) override;
  std::vector<std::int64_t> touched(std::int64_t& after, std::int64_t until, int limit) override;

 private:
  const core::Code& word(std::uint64_t number);
  Connection& connection_;
  Words& words_;
  StoredReader& stored_;
  Statement rows_, again_, looked_back_, late_, blocks_, last_event_, recorded_at_, last_, touched_;
  std::vector<std::optional<core::Code>> known_words_;  // by number: those that tallies use
  const WordOf word_of_;
};

}  // namespace motcua::store::sqlite
