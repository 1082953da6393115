// What the writer keeps beside dossiers: blocks of codes, alerts, letters, webhooks. A transaction each.

#include <algorithm>

#include "engine/store/sqlite_duty_rows.h"
#include "engine/store/sqlite_writer.h"

namespace motcua::store::sqlite {

Verdict Writer::draw(const CodeBlockDraw& draw) {
  Verdict verdict = Verdict::committed;
  write([&] {
    answers_.catch_up();
    if (draw.outcome && answers_.find(draw.outcome->key)) {
      verdict = Verdict::key_taken;
    } else if (!counter_stands(draw.counter)) {
      verdict = Verdict::version_conflict;
    } else if (!std::all_of(draw.codes.begin(), draw.codes.end(), [&](const core::Code& code) {
                 return dossiers_.code_is_free(code) && !blocks_.find(code);
               })) {
      verdict = Verdict::code_taken;
    } else {
      blocks_.add(draw);
      set_counter_.run(day_first(draw.counter.key), draw.counter.to);
      if (draw.outcome) answers_.add(*draw.outcome);
    }
  });
  return verdict;
}

Verdict Writer::give_back(const CodeBlockReturn& back) {
  Verdict verdict = Verdict::committed;
  write([&] {
    answers_.catch_up();
    const auto state = blocks_.state(back.block);
    const auto is_free = [&](const core::Code& code) {
      return std::any_of(state->codes.begin(), state->codes.end(),
                         [&](const BlockCode& known) { return known.code == code && known.free(); });
    };
    if (back.outcome && answers_.find(back.outcome->key)) {
      verdict = Verdict::key_taken;
    } else if (!state || state->block.returned_at ||
               !std::all_of(back.codes.begin(), back.codes.end(), is_free)) {
      verdict = Verdict::version_conflict;
    } else {
      blocks_.void_codes(state->block.key, back);
      if (back.outcome) answers_.add(*back.outcome);
    }
  });
  return verdict;
}

void Writer::file_duties() {
  constexpr std::string_view kFiled = "duties_filed";
  // At 1 an apology for a date that was moved in time counted for the new one, too.
  constexpr std::int64_t kFiledAs = 2;
  constexpr std::size_t kSlice = 1'000;  // dossiers of one transaction
  {
    Rows rows = read_meta_.rows(kFiled);
    if (rows.next() && rows.integer(0) >= kFiledAs) return;
  }
  DutyFiler filer(connection_, words_, stored_);
  const std::vector<std::int64_t> keys = filer.dossiers();
  for (std::size_t from = 0; from < keys.size(); from += kSlice) {
    write([&] {
      for (std::size_t i = from; i < std::min(from + kSlice, keys.size()); ++i) filer.file(keys[i]);
    });
  }
  write([&] { write_meta_.run(kFiled, kFiledAs); });
}

void Writer::read_together(const std::function<void()>& work) {
  Transaction transaction(connection_, "BEGIN");
  work();
}

std::optional<Stored> Writer::by_key(std::int64_t key) {
  auto held = stored_.by_key(key);
  if (!held) return std::nullopt;
  return std::move(held->stored);
}

Verdict Writer::fire(const Firing& firing, const std::optional<Outcome>& outcome) {
  Verdict verdict = Verdict::committed;
  write([&] {
    answers_.catch_up();
    if (outcome && answers_.find(outcome->key)) {
      verdict = Verdict::key_taken;
      return;
    }
    if (!alerts_.fire(firing)) {
      verdict = Verdict::version_conflict;
      return;
    }
    for (const Alert& alert : firing.alerts) mail_.add_for(alert);
    if (outcome) answers_.add(*outcome);
  });
  return verdict;
}

Verdict Writer::write_webhooks(std::span<const WebhookWrite> writes, const Outcome* outcome) {
  Verdict verdict = Verdict::committed;
  write([&] {
    answers_.catch_up();
    if (outcome != nullptr && answers_.find(outcome->key)) {
      verdict = Verdict::key_taken;
      return;
    }
    webhooks_.apply(writes);
    if (outcome != nullptr) answers_.add(*outcome);
  });
  return verdict;
}

Verdict Writer::write_publications(std::span<const PublicationWrite> writes, const Outcome* outcome) {
  Verdict verdict = Verdict::committed;
  write([&] {
    answers_.catch_up();
    if (outcome != nullptr && answers_.find(outcome->key)) {
      verdict = Verdict::key_taken;
    } else if (!publications_.apply(writes)) {
      verdict = Verdict::version_conflict;
    } else if (outcome != nullptr) {
      answers_.add(*outcome);
    }
  });
  return verdict;
}

void Writer::queue_letters(std::span<const Letter> letters, std::optional<std::int64_t> followed) {
  write([&] { mail_.queue(letters, followed); });
}

void Writer::record_letters(std::span<const LetterTried> tried, core::Instant queued_before) {
  write([&] {
    mail_.record(tried);
    mail_.prune(queued_before, kPrunedMin + 2 * static_cast<int>(tried.size()));
  });
}

void Writer::write_personal(const std::function<void(PersonalWriter&)>& work) {
  write([&] { work(personal_); });
}

}  // namespace motcua::store::sqlite
