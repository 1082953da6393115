#include "engine/run/notices.h"

#include <algorithm>
#include <cstdio>

#include "engine/run/owner_loader.h"

namespace motcua::run {
namespace {

constexpr int kHistoryPage = 200;

struct TextsOf {
  template <class Body>
  const std::vector<core::TextRef>* operator()(const Body& body) const {
    if constexpr (requires { body.texts; }) return &body.texts;
    return nullptr;
  }
};

std::string name_of(const Definitions& definitions, const core::Code& agency) {
  const core::Agency* known = definitions.agency(agency);
  return known == nullptr ? agency.text : known->name;
}

// Gathers the values of one notice: what every notice has, and what its own event adds.
class Filler {
 public:
  Filler(const Definitions& definitions, const core::Event& event, const core::Dossier& after)
      : event_(event),
        after_(after),
        procedure_(definitions.procedure_version(after.procedure, after.procedure_version)) {
    word("code", after.code.text);
    word("procedure", procedure_ == nullptr ? after.procedure.text : procedure_->name);
    word("receiving_agency", name_of(definitions, after.receiving_agency));
    word("competent_agency", name_of(definitions, after.competent_agency));
    word("received_at", in_vietnamese(after.received_at));
  }

  void word(std::string name, std::string text) {
    values_.words.push_back({std::move(name), std::move(text)});
  }
  MessageValues take() { return std::move(values_); }

  void fill(core::NoticeKind kind) {
    using core::NoticeKind;
    switch (kind) {
      case NoticeKind::received:
      case NoticeKind::refused:
      case NoticeKind::withdrawn:
        return;
      case NoticeKind::accepted:
      case NoticeKind::reopened:
        return appointment();
      case NoticeKind::supplement_wanted:
        return supplement(std::get<core::SupplementRequested>(event_.body));
      case NoticeKind::payment_asked:
        return payment(std::get<core::PaymentRequested>(event_.body));
      case NoticeKind::reappointed:
        return new_date(std::get<core::DossierReappointed>(event_.body));
      case NoticeKind::stopped:
        // An office's stop has a ground of its own, which is no deadline.
        if (event_.cause == core::CauseKind::clock) answer_by();
        return;
      case NoticeKind::result_early:
      case NoticeKind::result_ready:
        return result();
    }
  }

 private:
  void flag(std::string_view name) { values_.flags.emplace_back(name); }

  void appointment() {
    if (const auto at = after_.promised_at()) word("appointment_at", in_vietnamese(*at));
  }
  void answer_by() {
    const core::LegalClock* wait = after_.clock(core::ClockKind::citizen_wait);
    if (wait != nullptr && wait->due.at) word("answer_by", deadline_in_vietnamese(*wait->due.at));
  }
  void supplement(const core::SupplementRequested& asked) {
    answer_by();
    for (const core::Code& key : asked.missing) values_.papers.push_back(paper_name(key));
    if (!asked.missing.empty()) flag("has_papers");
  }
  void payment(const core::PaymentRequested& asked) {
    answer_by();
    std::int64_t amount = 0;
    for (const core::PaymentItem& item : asked.items) amount += item.amount_vnd;
    word("amount", amount_in_vietnamese(amount));
  }
  void new_date(const core::DossierReappointed& made) {
    if (made.promise_before) word("old_at", in_vietnamese(*made.promise_before));
    word("new_at", in_vietnamese(made.promised_at));
  }
  void result() {
    appointment();
    if (after_.results.empty()) return;
    const core::ResultGiven& given = after_.results.back();  // the one that was settled, or what replaced it
    word("result_code", given.code.text);
    flag(core::word_of(given.outcome));
  }
  std::string paper_name(const core::Code& key) const {
    if (procedure_ != nullptr) {
      for (const core::PaperDefinition& paper : procedure_->papers) {
        if (paper.key == key) return paper.name;
      }
    }
    return key.text;
  }

  const core::Event& event_;
  const core::Dossier& after_;
  const core::Procedure* procedure_;
  MessageValues values_;
};

// A subject is one line, whatever a name in it holds.
std::string in_one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; },
      ' ');
  return text;
}

}  // namespace

void replay_history(store::Reader& reader, const store::Scope& scope, const core::Uuid& dossier,
                    const std::function<bool(const core::Event&, const core::Dossier&)>& told) {
  core::Dossier lived;
  while (true) {
    const auto events = reader.history(scope, dossier, lived.version, kHistoryPage);
    for (const store::StoredEvent& stored : events) {
      lived = core::evolve(std::move(lived), stored.event);
      if (!told(stored.event, lived)) return;
    }
    if (events.size() < static_cast<std::size_t>(kHistoryPage)) return;
  }
}

void replay_notices(
    store::Reader& reader, const store::Scope& scope, const core::Uuid& dossier,
    const std::function<bool(core::NoticeKind, const core::Event&, const core::Dossier&)>& told) {
  replay_history(reader, scope, dossier, [&](const core::Event& event, const core::Dossier& after) {
    const auto kind = core::notice_of(event.body);
    return !kind || told(*kind, event, after);
  });
}

std::optional<Fragment> open_text(const Keyring& keyring, store::Reader& reader, const store::Scope& scope,
                                  const core::Uuid& dossier, const core::TextRef& text) {
  auto opened = unseal(keyring, dossier, text.version, reader.sealed(scope, dossier, text.version));
  if (!opened) return std::nullopt;
  const auto part = std::find_if(opened->begin(), opened->end(),
                                 [&](const Fragment& fragment) { return fragment.record == text.record; });
  if (part == opened->end()) return std::nullopt;
  return std::move(*part);
}

NoticeTyped open_notice(const Keyring& keyring, store::Reader& reader, const store::Scope& scope,
                        const core::Event& event, const core::Dossier& after) {
  NoticeTyped typed;
  if (const core::TextRef* owner = after.text(core::TextRecord::owner)) {
    if (const auto part = open_text(keyring, reader, scope, after.id, *owner)) {
      OwnerWords words = owner_words(*part);
      typed.owner = std::move(words.name);
      typed.email = std::move(words.email);
    }
  }
  const auto* texts = std::visit(TextsOf{}, event.body);
  if (texts == nullptr) return typed;
  for (const core::TextRef& text : *texts) {
    if (text.record != core::TextRecord::reason && text.record != core::TextRecord::note) continue;
    if (const auto part = open_text(keyring, reader, scope, after.id, text))
      typed.reason = typed_words(*part);
  }
  return typed;
}

NoticeText write_notice(core::NoticeKind kind, const Messages& messages, const Definitions& definitions,
                        const core::Event& event, const core::Dossier& after, const NoticeTyped& typed) {
  const Message& message = messages.of(kind);
  Filler filler(definitions, event, after);
  filler.word("owner", typed.owner);
  filler.word("reason", typed.reason);
  filler.fill(kind);
  const MessageValues values = filler.take();
  return {in_one_line(fill_template(message.subject, values)), fill_template(message.text, values)};
}

std::string date_in_vietnamese(core::Date date) {
  const core::YearMonthDay day = core::year_month_day(date);
  char text[32];
  std::snprintf(text, sizeof text, "%02d/%02d/%04d", day.day, day.month, day.year);
  return text;
}

std::string in_vietnamese(core::Instant at) {
  const core::Date date = core::local_date(at, core::kVietnamOffsetMinutes);
  const std::int64_t minute = (at - core::midnight(date, core::kVietnamOffsetMinutes)).ms / 60'000;
  char text[16];
  std::snprintf(text, sizeof text, "%02d:%02d ", static_cast<int>(minute / 60),
                static_cast<int>(minute % 60));
  return text + date_in_vietnamese(date);
}

std::string deadline_in_vietnamese(core::Instant at) {
  const core::Date date = core::local_date(at, core::kVietnamOffsetMinutes);
  if (at == core::midnight(date, core::kVietnamOffsetMinutes)) return "24:00 " + date_in_vietnamese(date - 1);
  return in_vietnamese(at);
}

std::string amount_in_vietnamese(std::int64_t vnd) {
  std::string digits = std::to_string(vnd);
  for (std::size_t place = digits.size(); place > 3; place -= 3) digits.insert(place - 3, 1, '.');
  return digits;
}

}  // namespace motcua::run
