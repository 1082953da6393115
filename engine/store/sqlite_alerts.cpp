#include "engine/store/sqlite_alerts.h"

#include <algorithm>
#include <functional>
#include <limits>

#include "engine/store/recipients_text.h"
#include "engine/store/sqlite_dossiers.h"
#include "engine/store/sqlite_rows.h"

namespace motcua::store::sqlite {
namespace {

// Alerts looked at for one page, so that a filter that finds nothing costs no more than one that does.
constexpr int kAlertsLookedMax = 5'000;
// A due that is none: of a rung at the start of a clock.
constexpr std::int64_t kNoDue = std::numeric_limits<std::int64_t>::min();
constexpr std::string_view kColumns =
    "a.key, a.id, d.id, a.clock, a.due, a.rung, a.severity, a.owing, a.rung_at, a.fired_at, "
    "a.escalated_from, "
    "a.recipients, a.mail, a.state, a.review_at, e.id, a.dossier FROM alert a JOIN dossier d ON d.key = "
    "a.dossier LEFT JOIN alert e ON e.key = a.escalated_from ";

std::string select_alerts(std::string_view where) {
  return "SELECT " + std::string(kColumns) + std::string(where);
}

std::int64_t due_number(const std::optional<core::Instant>& due) { return due ? due->ms : kNoDue; }

}  // namespace

Alerts::Alerts(Connection& connection, Words& words)
    : words_(words),
      scope_(connection),
      keys_end_(connection),
      by_id_(connection, select_alerts("WHERE a.id = ?1")),
      by_key_(connection, select_alerts("WHERE a.key = ?1")),
      last_key_(connection, "SELECT max(key) FROM alert"),
      by_word_(
          connection,
          "SELECT alert FROM alert_for WHERE generation = ?1 AND word = ?2 AND alert < ?3 ORDER BY alert "
          "DESC LIMIT ?4"),
      all_(connection, select_alerts("WHERE a.key < ?1 ORDER BY a.key DESC LIMIT ?2")),
      dossier_key_(connection, "SELECT key FROM dossier WHERE id = ?1"),
      acts_(connection,
            "SELECT c.act, c.at, c.officer, c.caller, c.until, c.sealed, c.number FROM alert_act c JOIN "
            "alert a "
            "ON a.key = c.alert WHERE a.id = ?1 ORDER BY c.number"),
      due_rows_(connection,
                "SELECT dossier, due, from_at, role FROM open_clock WHERE view = ?1 AND kind = ?2 AND (due, "
                "dossier) > (?3, ?4) AND due <= ?5 ORDER BY due, dossier LIMIT ?6"),
      next_due_(connection,
                "SELECT due FROM open_clock WHERE view = ?1 AND kind = ?2 AND due > ?3 AND due < ?4 ORDER BY "
                "due LIMIT 1"),
      marks_(connection, "SELECT rung, agency, due, dossier FROM rung_mark"),
      reviews_(connection,
               select_alerts("JOIN alert_review r ON r.alert = a.key WHERE r.at <= ?1 ORDER BY r.at, r.alert "
                             "LIMIT ?2")),
      next_review_(connection, "SELECT at FROM alert_review ORDER BY at LIMIT 1"),
      digests_(
          connection,
          "SELECT key, id, agency, day, at, fired_at, recipients, unit, late, due_today, due_tomorrow, "
          "acceptance_late, acceptance_due_today, steps_late, steps_due_today, explanations_missing FROM "
          "digest WHERE day = ?1 AND (?2 = 0 OR agency = ?2) ORDER BY key"),
      last_digest_(connection, "SELECT max(day) FROM digest WHERE agency = ?1"),
      add_(connection,
           "INSERT INTO alert(id, dossier, clock, due, rung, severity, owing, rung_at, fired_at, "
           "escalated_from, recipients, mail, state, review_at) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, "
           "?10, ?11, ?12, ?13, ?14)"),
      add_for_(connection, "INSERT OR IGNORE INTO alert_for VALUES(?1, ?2, ?3)"),
      drop_for_(connection, "DELETE FROM alert_for WHERE generation = ?1 AND word = ?2 AND alert = ?3"),
      add_review_(connection, "INSERT INTO alert_review VALUES(?1, ?2)"),
      drop_review_(connection, "DELETE FROM alert_review WHERE at = ?1 AND alert = ?2"),
      set_state_(connection, "UPDATE alert SET state = ?2, review_at = ?3, recipients = ?4 WHERE key = ?1"),
      add_act_(connection, "INSERT INTO alert_act VALUES(?1, ?2, ?3, ?4, ?5, ?6, nullif(?7, ?8), ?9)"),
      next_act_(connection, "SELECT coalesce(max(number), 0) + 1 FROM alert_act WHERE alert = ?1"),
      mark_(connection, "INSERT OR REPLACE INTO rung_mark VALUES(?1, ?2, ?3, ?4)"),
      add_digest_(
          connection,
          "INSERT OR IGNORE INTO digest(id, agency, day, at, fired_at, recipients, unit, late, due_today, "
          "due_tomorrow, acceptance_late, acceptance_due_today, steps_late, steps_due_today, "
          "explanations_missing) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, nullif(?11, -1), "
          "nullif(?12, -1), nullif(?13, -1), nullif(?14, -1), nullif(?15, -1))") {}

Alert Alerts::alert_of(const Rows& rows) {
  Alert alert;
  alert.key = rows.integer(0);
  rows.copy(1, alert.id.bytes);
  rows.copy(2, alert.dossier.bytes);
  alert.clock = static_cast<core::ClockKind>(rows.integer(3));
  if (rows.integer(4) != kNoDue) alert.due_at = core::Instant{rows.integer(4)};
  alert.rung = core::Code(words_.text(rows.integer(5)));
  alert.severity = static_cast<core::Severity>(rows.integer(6));
  alert.owing = core::Code(words_.text(rows.integer(7)));
  alert.rung_at = core::Instant{rows.integer(8)};
  alert.fired_at = core::Instant{rows.integer(9)};
  if (!rows.is_null(15)) rows.copy(15, alert.escalated_from.emplace().bytes);
  alert.mail = rows.integer(12) != 0;
  alert.state = static_cast<AlertState>(rows.integer(13));
  alert.review_at = core::Instant{rows.integer(14)};
  alert.recipients = read_recipients(rows.text(11), {alert.state, alert.review_at});
  return alert;
}

std::int64_t Alerts::word(Vocabulary vocabulary, const core::Code& code) {
  return code.empty() ? 0 : words_.known(vocabulary, code.text);
}

// True when the page is full.
bool Alerts::take(const AlertQuery& query, Alert alert, AlertPage& page) {
  page.last = alert.key;
  bool shown = fits(alert, query);
  if (shown && !shown_->everything()) {
    Rows key = dossier_key_.rows(blob(alert.dossier));
    shown = key.next() && scope_.shows(*shown_, key.integer(0));
  }
  if (shown) page.alerts.push_back(std::move(alert));
  return static_cast<int>(page.alerts.size()) == query.limit;
}

void Alerts::look_by_words(const AlertQuery& query, const std::vector<std::int64_t>& words, AlertPage& page) {
  std::int64_t newest = 0;
  {
    Rows rows = last_key_.rows();
    if (rows.next()) newest = rows.integer(0);
  }
  const std::int64_t before = std::min(query.before_key.value_or(newest + 1), newest + 1);
  int looked = 0;
  for (std::int64_t generation = before >> kGenerationBits; generation >= 0; --generation) {
    std::vector<std::int64_t> keys;
    for (const std::int64_t of : words) {
      Rows rows = by_word_.rows(generation, of, before, kAlertsLookedMax - looked);
      while (rows.next()) keys.push_back(rows.integer(0));
    }
    if (words.size() > 1) {
      std::sort(keys.begin(), keys.end(), std::greater());
      keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    }
    for (const std::int64_t key : keys) {
      ++looked;
      Rows rows = by_key_.rows(key);
      if ((rows.next() && take(query, alert_of(rows), page)) || looked == kAlertsLookedMax) {
        page.more = true;
        return;
      }
    }
  }
}

AlertPage Alerts::page(const AlertQuery& query) {
  AlertPage page;
  shown_.emplace(words_, query.scope);
  if (shown_->parts.empty()) return page;
  const bool all_wait = std::all_of(query.states.begin(), query.states.end(), waits);
  const bool by_officer = !query.officer.empty();
  if (all_wait && (by_officer || !query.agencies.empty())) {
    std::vector<std::int64_t> words;
    const auto add_word = [&](std::int64_t of) {
      if (of != 0) words.push_back(of);
    };
    if (by_officer) add_word(word(Vocabulary::officer, query.officer));
    for (const core::Code& agency : query.agencies) {
      if (!by_officer) add_word(word(Vocabulary::agency, agency));
    }
    look_by_words(query, words, page);
    return page;
  }
  Rows rows =
      all_.rows(query.before_key.value_or(std::numeric_limits<std::int64_t>::max()), kAlertsLookedMax);
  int looked = 0;
  while (rows.next()) {
    if (take(query, alert_of(rows), page) || ++looked == kAlertsLookedMax) {
      page.more = true;
      break;
    }
  }
  return page;
}

std::optional<Alert> Alerts::find(const core::Uuid& id) {
  Rows rows = by_id_.rows(blob(id));
  if (!rows.next()) return std::nullopt;
  return alert_of(rows);
}

std::vector<KeptAct> Alerts::acts(const core::Uuid& id) {
  std::vector<KeptAct> acts;
  Rows rows = acts_.rows(blob(id));
  while (rows.next()) {
    KeptAct& act = acts.emplace_back();
    act.to = static_cast<AlertState>(rows.integer(0));
    act.at = core::Instant{rows.integer(1)};
    act.officer = core::Code(rows.text(2));
    act.caller = core::Code(rows.text(3));
    if (!rows.is_null(4)) act.until = core::Instant{rows.integer(4)};
    act.sealed = std::string(rows.bytes(5));
    act.number = static_cast<std::uint32_t>(rows.integer(6));
  }
  return acts;
}

std::vector<Digest> Alerts::digests(const Scope& scope, const core::Code& agency, core::Date on) {
  std::vector<Digest> found;
  const std::int64_t of = word(Vocabulary::agency, agency);
  if (!agency.empty() && of == 0) return found;
  Rows rows = digests_.rows(on.days, of);
  while (rows.next()) {
    if (!scope.covers(core::Code(words_.text(rows.integer(2))))) continue;
    Digest& digest = found.emplace_back();
    digest.key = rows.integer(0);
    rows.copy(1, digest.id.bytes);
    digest.agency = core::Code(words_.text(rows.integer(2)));
    digest.on = core::Date{static_cast<std::int32_t>(rows.integer(3))};
    digest.at = core::Instant{rows.integer(4)};
    digest.fired_at = core::Instant{rows.integer(5)};
    digest.recipients = read_recipients(rows.text(6));
    digest.unit = core::Code(rows.text(7));
    digest.counts.late = rows.integer(8);
    digest.counts.due_today = rows.integer(9);
    digest.counts.due_tomorrow = rows.integer(10);
    const auto count = [&rows](int column) {
      return rows.is_null(column) ? std::nullopt : std::optional(rows.integer(column));
    };
    digest.counts.acceptance_late = count(11);
    digest.counts.acceptance_due_today = count(12);
    digest.counts.steps_late = count(13);
    digest.counts.steps_due_today = count(14);
    digest.counts.explanations_missing = count(15);
  }
  return found;
}

std::vector<DueRow> Alerts::due_rows(const core::Code& agency, core::ClockKind kind, const DuePlace& after,
                                     core::Instant until, int limit) {
  std::vector<DueRow> found;
  const std::int64_t of = word(Vocabulary::agency, agency);
  if (of == 0) return found;
  Rows rows = due_rows_.rows(owing_view(of), static_cast<int>(kind), after.due.ms, after.dossier,
                             std::min(until.ms, core::kDuePending - 1), limit);
  while (rows.next()) {
    const std::int64_t role = rows.integer(3);
    found.push_back({{core::Instant{rows.integer(1)}, rows.integer(0)},
                     core::Instant{rows.integer(2)},
                     static_cast<core::ListRole>(role & kRoleMask),
                     (role & kExplained) != 0,
                     (role & kApologised) != 0});
  }
  return found;
}

std::optional<core::Instant> Alerts::next_due(const core::Code& agency, core::ClockKind kind,
                                              core::Instant after) {
  const std::int64_t of = word(Vocabulary::agency, agency);
  if (of == 0) return std::nullopt;
  Rows rows = next_due_.rows(owing_view(of), static_cast<int>(kind), after.ms, core::kDuePending);
  if (!rows.next()) return std::nullopt;
  return core::Instant{rows.integer(0)};
}

std::vector<RungMark> Alerts::marks() {
  std::vector<RungMark> marks;
  Rows rows = marks_.rows();
  while (rows.next()) {
    marks.push_back({std::string(rows.text(0)),
                     rows.integer(1) == 0 ? core::Code() : core::Code(words_.text(rows.integer(1))),
                     {core::Instant{rows.integer(2)}, rows.integer(3)}});
  }
  return marks;
}

std::vector<Alert> Alerts::to_review(core::Instant until, int limit) {
  std::vector<Alert> found;
  Rows rows = reviews_.rows(until.ms, limit);
  while (rows.next()) found.push_back(alert_of(rows));
  return found;
}

std::optional<core::Instant> Alerts::next_review() {
  Rows rows = next_review_.rows();
  if (!rows.next()) return std::nullopt;
  return core::Instant{rows.integer(0)};
}

std::optional<core::Date> Alerts::last_digest(const core::Code& agency) {
  const std::int64_t of = word(Vocabulary::agency, agency);
  Rows rows = last_digest_.rows(of);
  if (!rows.next() || rows.is_null(0)) return std::nullopt;
  return core::Date{static_cast<std::int32_t>(rows.integer(0))};
}

std::vector<std::int64_t> Alerts::words_for(const Alert& alert) {
  std::vector<std::int64_t> of;
  for (const AlertRecipient& one : alert.recipients) {
    if (!waits(one.state)) continue;
    of.push_back(words_.intern(Vocabulary::agency, one.agency.text));
    if (!one.officer.empty()) of.push_back(words_.intern(Vocabulary::officer, one.officer.text));
  }
  std::sort(of.begin(), of.end());
  of.erase(std::unique(of.begin(), of.end()), of.end());
  return of;
}

void Alerts::add(const Alert& alert, std::int64_t dossier) {
  if (dossier == 0) {
    Rows rows = dossier_key_.rows(blob(alert.dossier));
    if (!rows.next()) throw StoreError("an alert names a dossier that is not there");
    dossier = rows.integer(0);
  }
  std::int64_t escalated_from = 0;
  if (alert.escalated_from) {
    Rows rows = by_id_.rows(blob(*alert.escalated_from));
    if (rows.next()) escalated_from = rows.integer(0);
  }
  add_.run(blob(alert.id), dossier, static_cast<int>(alert.clock), due_number(alert.due_at),
           words_.intern(Vocabulary::rung, alert.rung.text), static_cast<int>(alert.severity),
           words_.intern(Vocabulary::agency, alert.owing.text), alert.rung_at.ms, alert.fired_at.ms,
           escalated_from, written_recipients(alert.recipients, {alert.state, alert.review_at}),
           alert.mail ? 1 : 0, static_cast<int>(alert.state), alert.review_at.ms);
  const std::int64_t key = add_.inserted();
  for (const std::int64_t of : words_for(alert)) add_for_.run(key >> kGenerationBits, of, key);
  add_review_.run(alert.review_at.ms, key);
}

bool Alerts::fire(const Firing& firing) {
  const bool stands = std::all_of(firing.acts.begin(), firing.acts.end(), [&](const AlertAct& one) {
    const auto alert = find(one.alert);
    return alert && alert->recipients == one.before;
  });
  if (!stands) return false;
  for (const AlertAct& one : firing.acts) act(one);
  for (const Alert& alert : firing.alerts) add(alert);
  for (const RungMark& one : firing.marks) mark(one);
  for (const Digest& digest : firing.digests) add(digest);
  return true;
}

void Alerts::act(const AlertAct& act) {
  auto alert = find(act.alert);
  drop_review_.run(alert->review_at.ms, alert->key);
  const std::vector<std::int64_t> found_by = words_for(*alert);
  alert->recipients = act.after;
  summarise(*alert);
  set_state_.run(alert->key, static_cast<int>(alert->state), alert->review_at.ms,
                 written_recipients(alert->recipients, {alert->state, alert->review_at}));
  if (waits(alert->state)) add_review_.run(alert->review_at.ms, alert->key);
  const std::vector<std::int64_t> still = words_for(*alert);
  for (const std::int64_t of : found_by) {
    if (!std::binary_search(still.begin(), still.end(), of)) {
      drop_for_.run(alert->key >> kGenerationBits, of, alert->key);
    }
  }
  if (!act.to) return;
  std::int64_t number = 1;
  {
    Rows rows = next_act_.rows(alert->key);
    if (rows.next()) number = rows.integer(0);
  }
  keys_end_.note(act.sealed);
  add_act_.run(alert->key, number, static_cast<int>(*act.to), act.at.ms, act.officer.text, act.caller.text,
               due_number(act.until), kNoDue, blob(act.sealed));
}

void Alerts::mark(const RungMark& mark) {
  const std::int64_t agency = mark.agency.empty() ? 0 : words_.intern(Vocabulary::agency, mark.agency.text);
  mark_.run(mark.rung, agency, mark.fired.due.ms, mark.fired.dossier);
}

void Alerts::add(const Digest& digest) {
  const DigestCounts& counts = digest.counts;
  const auto number = [](const std::optional<std::int64_t>& of) { return of.value_or(-1); };
  add_digest_.run(blob(digest.id), words_.intern(Vocabulary::agency, digest.agency.text), digest.on.days,
                  digest.at.ms, digest.fired_at.ms, written_recipients(digest.recipients), digest.unit.text,
                  counts.late, counts.due_today, counts.due_tomorrow, number(counts.acceptance_late),
                  number(counts.acceptance_due_today), number(counts.steps_late),
                  number(counts.steps_due_today), number(counts.explanations_missing));
}

}  // namespace motcua::store::sqlite
