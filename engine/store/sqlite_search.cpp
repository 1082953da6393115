#include "engine/store/sqlite_search.h"

#include <algorithm>
#include <initializer_list>
#include <limits>
#include <string>

#include "engine/store/sqlite_dossiers.h"
#include "engine/store/sqlite_rows.h"

namespace motcua::store::sqlite {
namespace {

constexpr std::int64_t kUnbounded = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kFirstInstant = std::numeric_limits<std::int64_t>::min();
// Reading a dossier whole costs about as much as so many steps of SQLite's machine.
constexpr std::int64_t kDossierSteps = 250;

// The states of a dossier that is over; the others are of one that is not.
constexpr std::uint32_t bits(std::initializer_list<core::DossierState> states) {
  std::uint32_t all = 0;
  for (const core::DossierState state : states) all |= 1U << static_cast<int>(state);
  return all;
}
constexpr std::uint32_t kOver =
    bits({core::DossierState::refused, core::DossierState::withdrawn, core::DossierState::stopped,
          core::DossierState::settled, core::DossierState::returned});
constexpr std::uint32_t kNotOver =
    bits({core::DossierState::submitted, core::DossierState::accepted, core::DossierState::processing,
          core::DossierState::awaiting_supplement, core::DossierState::awaiting_payment});

}  // namespace

// A query in the terms of the tables.
struct Search::Filter {
  bool impossible = false;  // names a word that the database does not know
  ScopeWords scope;
  std::int64_t agency = 0;
  std::int64_t procedure = 0;
  std::int64_t channel = -1;
  std::uint32_t states = 0;  // bits; 0: any
  std::int64_t received_from = std::numeric_limits<std::int64_t>::min();
  std::int64_t received_before = kUnbounded;
  std::vector<std::int64_t> tokens;
  core::StandingQuery standing;
  std::int64_t before_key = kUnbounded;
  std::size_t limit = 1;

  bool has_state(std::int64_t state) const { return states == 0 || ((states >> state) & 1U) != 0; }
  bool may_be(std::uint32_t of_states) const { return states == 0 || (states & of_states) != 0; }
  // One of these agencies must take part; nothing: any.
  std::optional<std::vector<std::int64_t>> parties() const {
    return agency != 0 ? std::optional(std::vector{agency}) : scope.agencies();
  }
};

Search::Search(Connection& connection, Words& words, StoredReader& stored, std::int64_t sorted_rows_max)
    : connection_(connection),
      words_(words),
      stored_(stored),
      sorted_rows_max_(sorted_rows_max),
      scope_(connection),
      last_key_(connection, "SELECT max(key) FROM dossier WHERE key > 0"),
      row_(connection,
           "SELECT state, channel, procedure, receiving, competent, received_at FROM dossier WHERE key = "
           "?1"),
      has_token_(connection,
                 "SELECT 1 FROM search_token WHERE generation = ?1 AND token = ?2 AND dossier = ?3"),
      with_token_(
          connection,
          "SELECT dossier FROM search_token WHERE generation = ?1 AND token = ?2 AND dossier < ?3 ORDER BY "
          "dossier DESC"),
      belonging_(
          connection,
          "SELECT dossier FROM belongs WHERE generation = ?1 AND word = ?2 AND dossier < ?3 ORDER BY dossier "
          "DESC"),
      blocks_(connection,
              "SELECT block, states FROM dossier_block WHERE block <= ?1 AND received_max >= ?2 AND "
              "received_min < ?3 "
              "ORDER BY block DESC"),
      open_(connection,
            "SELECT dossier FROM open_clock WHERE view = ?1 AND kind = ?2 AND due >= ?3 AND due <= ?4 LIMIT "
            "?5"),
      was_late_(connection,
                "SELECT dossier FROM standing WHERE view = ?1 AND kind = ?2 AND due < ?3 LIMIT ?4") {}

Search::Filter Search::filter_of(const DossierQuery& query) {
  Filter filter{.scope = ScopeWords(words_, query.scope), .tokens = {}, .standing = {}};
  filter.impossible = filter.scope.parts.empty();
  const auto word = [&](Vocabulary vocabulary, const core::Code& code) {
    const std::int64_t id = words_.known(vocabulary, code.text);
    filter.impossible |= id == 0 && !code.empty();
    return id;
  };
  filter.agency = word(Vocabulary::agency, query.agency);
  filter.procedure = word(Vocabulary::procedure, query.procedure);
  if (query.channel) filter.channel = static_cast<int>(*query.channel);
  for (const core::DossierState state : query.states) filter.states |= 1U << static_cast<int>(state);
  if (query.received_from) filter.received_from = query.received_from->ms;
  if (query.received_before) filter.received_before = query.received_before->ms;
  filter.standing = query.standing;
  if (filter.standing.open_only()) {
    filter.states = filter.states == 0 ? kNotOver : filter.states & kNotOver;
    filter.impossible |= filter.states == 0;
  }
  for (const std::uint64_t token : query.tokens) filter.tokens.push_back(static_cast<std::int64_t>(token));
  if (query.before_key) filter.before_key = *query.before_key;
  filter.limit = static_cast<std::size_t>(std::max(query.limit, 1));
  return filter;
}

bool Search::matches(std::int64_t key, const Filter& filter) {
  Rows rows = row_.rows(key);
  if (!rows.next()) return false;
  const std::int64_t receiving = rows.integer(3);
  const std::int64_t competent = rows.integer(4);
  const bool of_agency = filter.agency == 0 || filter.agency == receiving || filter.agency == competent ||
                         scope_.belongs(key, filter.agency);
  const bool shown = scope_.shows(filter.scope, key, receiving, rows.integer(2));
  if (!filter.has_state(rows.integer(0)) || !shown || !of_agency) return false;
  if (filter.channel >= 0 && rows.integer(1) != filter.channel) return false;
  if (filter.procedure != 0 && rows.integer(2) != filter.procedure) return false;
  if (rows.integer(5) < filter.received_from || rows.integer(5) >= filter.received_before) return false;
  const bool has_tokens = std::all_of(filter.tokens.begin(), filter.tokens.end(), [&](std::int64_t token) {
    return has_token_.rows(key >> kGenerationBits, token, key).next();
  });
  if (!has_tokens || !filter.standing.asks()) return has_tokens;
  connection_.count_work(kDossierSteps);
  const auto held = stored_.by_key(key);
  return held && core::fits(held->stored.dossier, filter.standing);
}

std::optional<std::vector<std::int64_t>> Search::standing_keys(const Filter& filter) {
  const core::StandingQuery& asked = filter.standing;
  const std::optional<core::ClockKind> running = asked.running();
  if (!running && asked.late != true) return std::nullopt;
  std::vector<std::int64_t> keys;
  const auto take = [&](Rows rows) {
    while (rows.next()) keys.push_back(rows.integer(0));
  };
  const auto left = [&] { return sorted_rows_max_ + 1 - static_cast<std::int64_t>(keys.size()); };
  const auto parties = filter.parties();
  if (running || filter.may_be(kNotOver)) {
    const std::int64_t kind = static_cast<int>(running.value_or(core::ClockKind::settlement));
    std::int64_t from = kFirstInstant;
    std::int64_t to = kUnbounded;  // what has no date, or none yet, stands at the end
    if (!running) to = asked.at.ms;
    if (asked.due_from) from = asked.due_from->ms;
    if (asked.due_before) to = asked.due_before->ms;
    const auto read = [&](std::int64_t view) { take(open_.rows(view, kind, from, to, left())); };
    for (const std::int64_t agency : parties ? *parties : words_.agencies()) {
      read(owing_view(agency));
      if (parties) read(watching_view(agency));
    }
  }
  if (!running && filter.may_be(kOver)) {
    const std::int64_t kind = static_cast<int>(core::ClockKind::settlement);
    const auto read = [&](std::int64_t view) { take(was_late_.rows(view, kind, core::kDueUntimed, left())); };
    if (!parties) read(kViewOfAll);
    for (const std::int64_t agency : parties.value_or(std::vector<std::int64_t>())) {
      read(owing_view(agency));
      read(watching_view(agency));
    }
  }
  if (left() <= 0) return std::nullopt;
  std::sort(keys.rbegin(), keys.rend());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

void Search::by_words(Statement& table, const std::vector<std::int64_t>& words, const Filter& filter,
                      std::vector<std::int64_t>& keys) {
  std::int64_t newest = 0;
  {
    Rows rows = last_key_.rows();
    if (rows.next()) newest = rows.integer(0);
  }
  newest = std::min(newest, filter.before_key);
  for (std::int64_t generation = newest >> kGenerationBits; generation >= 0; --generation) {
    std::vector<std::int64_t> found;  // a generation is small
    for (const std::int64_t word : words) {
      Rows rows = table.rows(generation, word, filter.before_key);
      while (rows.next()) found.push_back(rows.integer(0));
    }
    std::sort(found.rbegin(), found.rend());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    for (const std::int64_t key : found) {
      if (matches(key, filter)) keys.push_back(key);
      if (keys.size() == filter.limit) return;
    }
  }
}

void Search::by_block(const Filter& filter, std::vector<std::int64_t>& keys) {
  const std::int64_t newest = filter.before_key == kUnbounded ? kUnbounded : filter.before_key - 1;
  Rows rows = blocks_.rows(newest >> kBlockBits, filter.received_from, filter.received_before);
  while (rows.next()) {
    const std::string_view states = rows.bytes(1);
    for (std::int64_t place = kBlockSize - 1; place >= 0; --place) {
      const std::int64_t key = (rows.integer(0) << kBlockBits) | place;
      const char state = states[static_cast<std::size_t>(place)];
      if (state == 0 || key >= filter.before_key || !filter.has_state(state)) continue;
      if (matches(key, filter)) keys.push_back(key);
      if (keys.size() == filter.limit) return;
    }
  }
}

std::vector<std::int64_t> Search::page(const DossierQuery& query) {
  std::vector<std::int64_t> keys;
  const Filter filter = filter_of(query);
  if (filter.impossible) return keys;
  if (!filter.tokens.empty()) {
    by_words(with_token_, {filter.tokens.front()}, filter, keys);
  } else if (const auto named = standing_keys(filter)) {
    for (const std::int64_t key : *named) {
      if (keys.size() == filter.limit) break;
      if (key < filter.before_key && matches(key, filter)) keys.push_back(key);
    }
  } else if (const auto parties = filter.parties(); parties && parties->size() <= kNarrowScope) {
    by_words(belonging_, *parties, filter, keys);
  } else if (filter.procedure != 0) {
    by_words(belonging_, {filter.procedure}, filter, keys);
  } else {
    by_block(filter, keys);
  }
  return keys;
}

}  // namespace motcua::store::sqlite
