#include "engine/run/slips.h"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/run/notices.h"
#include "engine/run/owner_loader.h"
#include "engine/run/slip_words.h"

namespace motcua::run {
namespace {

using core::SlipForm;

// Every record of a paper (forms up to edition 1), or each paper once, as it came last, in the order in which
// they came first.
enum class PaperRows { every_record, each_once };
std::vector<SlipRow> paper_rows(const core::Dossier& dossier, const core::Procedure* procedure,
                                const SlipSet& set, PaperRows which) {
  std::vector<const core::PaperRecord*> shown;
  for (const core::PaperRecord& record : dossier.papers) {
    const auto known = std::find_if(shown.begin(), shown.end(), [&](const core::PaperRecord* one) {
      return which == PaperRows::each_once && one->paper.key == record.paper.key;
    });
    known == shown.end() ? shown.push_back(&record) : void(*known = &record);
  }
  std::vector<SlipRow> rows;
  for (const core::PaperRecord* one : shown) {
    const core::PaperRecord& record = *one;
    SlipRow row{{"no", std::to_string(rows.size() + 1)}, {"name", paper_name(procedure, record.paper.key)}};
    const std::string copies = two_digits(record.paper.copies);
    switch (record.paper.form) {
      case core::PaperForm::original:
        row["original"] = copies;
        break;
      case core::PaperForm::certified:
        row["certified"] = copies;
        break;
      case core::PaperForm::copy:
        row["copy"] = copies;
        break;
      case core::PaperForm::electronic:
        row["note"] = set.word("paper_electronic");
        break;
      case core::PaperForm::reused:
        row["note"] = set.word("paper_reused");
        break;
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

// Early, on time or late: by the instant when late, and by the day when early, as the slip has no finer
// words.
std::string result_in_words(const ControlLine& line, const SlipSet& set) {
  if (!line.due_at) return {};
  if (line.at > *line.due_at) return set.word("late");
  return set.word(local_day(line.at) < local_day(*line.due_at) ? "early" : "on_time");
}

std::vector<SlipRow> control_rows(const ControlLines& lines, const core::Procedure* procedure,
                                  const SlipSet& set, const Definitions& definitions) {
  std::vector<SlipRow> rows;
  for (const ControlLine& line : lines.lines()) {
    const SlipNames names(definitions, set, line.recorded_at);
    std::string note = set.word(line.about);
    if (!line.what.empty()) note += ": " + ControlLines::step_name(procedure, line.what);
    rows.push_back({{"no", std::to_string(rows.size() + 1)},
                    {"giver", names.party(line.giver)},
                    {"receiver", names.party(line.receiver)},
                    {"at", in_vietnamese(line.at)},
                    {"result", result_in_words(line, set)},
                    {"note", std::move(note)}});
  }
  return rows;
}

// Gathers the words of one slip.
class SlipFiller {
 public:
  SlipFiller(const SlipIssue& issue, const SlipSet& set, const Definitions& definitions)
      : issue_(issue),
        event_(issue.event),
        after_(issue.after),
        set_(set),
        names_(definitions, set, event_.recorded_at),
        procedure_(definitions.procedure_version(after_.procedure, after_.procedure_version)) {}

  SlipValues fill(const SlipTyped& typed, const Definitions& definitions) {
    identity();
    people(typed);
    dates();
    std::visit([this](const auto& body) { of_event(body); }, event_.body);
    made_.lists["papers"] = paper_rows(after_, procedure_, set_, PaperRows::every_record);
    made_.lists["papers_held"] = paper_rows(after_, procedure_, set_, PaperRows::each_once);
    if (issue_.form == SlipForm::control) {
      made_.lists["handovers"] = control_rows(issue_.lines, procedure_, set_, definitions);
    }
    return std::move(made_);
  }

 private:
  void word(std::string name, std::string text) {
    made_.values.words.push_back({std::move(name), std::move(text)});
  }
  void flag(std::string_view name) { made_.values.flags.emplace_back(name); }

  void identity() {
    const std::string& form_number = set_.of(issue_.form).number;
    word("number", issue_.number());
    word("form_number", form_number);
    if (form_number.empty()) flag("plain");
    if (issue_.ordinal > 1) flag("again");
    word("code", after_.code.text);
    word("issued_at", in_vietnamese(event_.occurred_at));
    word("issued_in_words", day_in_words(local_day(event_.occurred_at), set_));
    word("procedure", procedure_ == nullptr ? after_.procedure.text : procedure_->name);
    word("procedure_code", after_.procedure.text);
    word("receiving_agency", names_.agency(after_.receiving_agency));
    word("competent_agency", names_.agency(after_.competent_agency));
    word("officer", event_.on_behalf_of.empty() ? "" : position(event_.on_behalf_of));
    word("sets", sets_of(after_));
    if (after_.channel == core::Channel::online) flag("online");
    flag("deliver_" + std::string(core::word_of(after_.delivery)));
  }

  void people(const SlipTyped& typed) {
    const OwnerWords owner = owner_words({core::TextRecord::owner, typed.owner});
    word("owner", owner.name);
    word("address", owner.address);
    word("phone", owner.phone);
    word("email", owner.email);
    word("id_number", owner.id_number);
    const OwnerWords filer = owner_words({core::TextRecord::filer, typed.filer});
    word("filer", typed.filer.empty() ? owner.name : filer.name);
    word("content", typed.content);
    word("reason", typed.reason);
  }

  void dates() {
    word("received_at", in_vietnamese(after_.received_at));
    if (after_.accepted_at) word("accepted_at", in_vietnamese(*after_.accepted_at));
    if (const auto at = after_.promised_at()) word("promised_at", in_vietnamese(*at));
    if (after_.untimed()) flag("untimed");
    const core::LegalClock* settlement = after_.clock(core::ClockKind::settlement);
    if (settlement != nullptr) {
      // Of the law, whatever shorter term was promised: the form has the date of that beside it.
      const core::ChannelTerm* term =
          procedure_ == nullptr ? nullptr : procedure_->term(after_.channel, after_.variant);
      word("limit", limit_in_words(term == nullptr ? settlement->limit : term->statutory, set_));
      if (settlement->due.provisional) flag("provisional");
    }
  }

  void answer_by() {
    const core::LegalClock* wait = after_.clock(core::ClockKind::citizen_wait);
    if (wait != nullptr && wait->due.at) word("answer_by", deadline_in_vietnamese(*wait->due.at));
  }

  std::string position(const core::Code& officer) const {
    return names_.officer(officer, {after_.receiving_agency, after_.competent_agency, after_.holder_agency});
  }

  void of_event(const core::SupplementRequested& asked) {
    answer_by();
    if (!asked.asked_by.empty()) replace("officer", position(asked.asked_by));
    word("unit", unit_of(asked.asked_by.empty() ? event_.on_behalf_of : asked.asked_by));
    std::vector<SlipRow>& missing = made_.lists["missing"];
    for (const core::Code& key : asked.missing) {
      missing.push_back({{"no", std::to_string(missing.size() + 1)}, {"name", paper_name(procedure_, key)}});
    }
  }
  // The term counts again from the supplement, not from its check.
  void of_event(const core::SupplementAccepted&) {
    const core::LegalClock* settlement = after_.clock(core::ClockKind::settlement);
    if (settlement == nullptr || settlement->term < 2) return;
    word("restarted_at", in_vietnamese(settlement->started_at));
    if (after_.rounds.empty() || !after_.rounds.back().promise_before) return;
    word("old_at", in_vietnamese(*after_.rounds.back().promise_before));
  }
  void of_event(const core::DossierReappointed& made) {
    if (made.promise_before) word("old_at", in_vietnamese(*made.promise_before));
    word("new_at", in_vietnamese(made.promised_at));
    responsible(made.unit);
  }
  void of_event(const core::ApologySent&) {
    if (const auto at = after_.promised_at()) word("old_at", in_vietnamese(*at));
    responsible({});
  }
  void of_event(const core::DossierWithdrawn&) { flag("withdrawn"); }
  void of_event(const core::DossierStopped& stopped) {
    if (event_.cause == core::CauseKind::clock) {
      flag("stopped_by_time");
      return answer_by();
    }
    flag("stopped_by_ground");
    word("ground", ground_in_words(stopped.rule));
  }
  void of_event(const core::DossierSettled& settled) {
    flag("as_result");
    word("result_code", settled.result.code.text);
  }
  // What every slip says is all.
  template <class Body>
  void of_event(const Body&) {}

  void responsible(const core::Code& unit) {
    const std::string agency = names_.agency(after_.competent_agency);
    word("unit", unit.empty() ? agency : joined({names_.unit(after_.competent_agency, unit), agency}));
  }
  // Of an officer, with the agency; where nobody is named, of who has the dossier.
  std::string unit_of(const core::Code& officer) const {
    const core::Code& holds = after_.holder_agency.empty() ? after_.receiving_agency : after_.holder_agency;
    if (officer.empty()) {
      return joined(
          {after_.holder_unit.empty() ? "" : names_.unit(holds, after_.holder_unit), names_.agency(holds)});
    }
    return names_.unit_of(officer, {after_.receiving_agency, after_.competent_agency, holds});
  }
  std::string ground_in_words(const core::Code& ground) const {
    if (procedure_ != nullptr) {
      for (const core::GroundDefinition& known : procedure_->stops) {
        if (known.ground == ground) return joined({known.name, known.basis});
      }
    }
    return ground.text;
  }
  void replace(std::string_view name, std::string text) {
    for (MessageValues::Word& known : made_.values.words) {
      if (known.name == name) known.text = std::move(text);
    }
  }

  const SlipIssue& issue_;
  const core::Event& event_;
  const core::Dossier& after_;
  const SlipSet& set_;
  SlipNames names_;
  const core::Procedure* procedure_;
  SlipValues made_;
};

struct SlipTextsOf {
  template <class Body>
  const std::vector<core::TextRef>* operator()(const Body& body) const {
    if constexpr (requires { body.texts; }) return &body.texts;
    return nullptr;
  }
};

}  // namespace

void replay_slips(store::Reader& reader, const store::Scope& scope, const core::Uuid& dossier,
                  const std::function<bool(const SlipIssue&)>& told) {
  std::array<int, core::kSlipForms> issued{};
  ControlLines lines;
  replay_history(reader, scope, dossier, [&](const core::Event& event, const core::Dossier& after) {
    lines.see(event, after);
    const core::SlipsIssued slips = core::slips_of(event, after);
    const auto tell = [&](SlipForm form) {
      const int ordinal = ++issued[static_cast<std::size_t>(form)];
      return told({form, ordinal, event, after, lines});
    };
    if (slips.form && !tell(*slips.form)) return false;
    return !slips.control || tell(SlipForm::control);
  });
}

std::optional<SlipTyped> open_slip(const Keyring& keyring, store::Reader& reader, const store::Scope& scope,
                                   const core::Dossier& dossier) {
  SlipTyped typed;
  const std::array parts{std::pair{core::TextRecord::owner, &typed.owner},
                         std::pair{core::TextRecord::filer, &typed.filer},
                         std::pair{core::TextRecord::content, &typed.content}};
  for (const auto& [record, into] : parts) {
    const core::TextRef* text = dossier.text(record);
    if (text == nullptr) continue;
    const auto opened = open_text(keyring, reader, scope, dossier.id, *text);
    if (!opened) return std::nullopt;
    *into = record == core::TextRecord::content ? typed_words(*opened) : opened->json;
  }
  return typed;
}

std::optional<SlipTyped> open_slip(const Keyring& keyring, store::Reader& reader, const store::Scope& scope,
                                   const core::Event& event, const core::Dossier& after) {
  auto typed = open_slip(keyring, reader, scope, after);
  const auto* texts = std::visit(SlipTextsOf{}, event.body);
  if (!typed || texts == nullptr) return typed;
  for (const core::TextRef& text : *texts) {
    if (text.record != core::TextRecord::reason && text.record != core::TextRecord::note) continue;
    const auto opened = open_text(keyring, reader, scope, after.id, text);
    if (!opened) return std::nullopt;
    typed->reason = typed_words(*opened);
  }
  return typed;
}

SlipValues fill_slip(const SlipIssue& issue, const SlipSet& set, const Definitions& definitions,
                     const SlipTyped& typed) {
  return SlipFiller(issue, set, definitions).fill(typed, definitions);
}

SlipRow book_row(const core::Dossier& dossier, int number, const SlipSet& set, const Definitions& definitions,
                 const SlipTyped& typed) {
  const OwnerWords owner = owner_words({core::TextRecord::owner, typed.owner});
  const core::Procedure* procedure =
      definitions.procedure_version(dossier.procedure, dossier.procedure_version);
  const auto when = [](const std::optional<core::Instant>& at) {
    return at ? in_vietnamese(*at) : std::string();
  };
  const std::string state = "state_" + std::string(core::word_of(dossier.state));
  const auto note = set.words.find(state);
  return {{"no", std::to_string(number)},
          {"code", dossier.code.text},
          {"content", !typed.content.empty() ? typed.content
                      : procedure == nullptr ? dossier.procedure.text
                                             : procedure->name},
          {"sets", sets_of(dossier)},
          {"owner", owner.name},
          {"address", owner.address},
          {"phone", owner.phone},
          {"received_at", in_vietnamese(dossier.received_at)},
          {"promised_at", when(dossier.promised_at())},
          {"settled_at", when(dossier.settled_at)},
          {"returned_at", when(dossier.returned_at)},
          {"delivery", set.word("delivery_" + std::string(core::word_of(dossier.delivery)))},
          {"note", note == set.words.end() ? std::string() : note->second}};
}

SlipValues fill_book(const BookOf& book, std::vector<SlipRow> rows, const SlipSet& set,
                     const Definitions& definitions, core::Instant known_at) {
  const std::string& form_number = set.of(SlipForm::book).number;
  SlipValues made;
  made.values.words = {{"number", book.number},
                       {"form_number", form_number},
                       {"agency", SlipNames(definitions, set, known_at).agency(book.agency)},
                       {"issued_in_words", day_in_words(book.issued, set)},
                       {"from_on", date_in_vietnamese(book.from)},
                       {"to_on", date_in_vietnamese(book.to)},
                       {"count", std::to_string(rows.size())}};
  if (form_number.empty()) made.values.flags.emplace_back("plain");
  made.lists["book"] = std::move(rows);
  return made;
}

}  // namespace motcua::run
