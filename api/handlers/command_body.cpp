#include "api/handlers/command_body.h"

#include <array>

#include "api/handlers/command_rows.h"
#include "api/json/writer.h"

namespace motcua::api {
namespace {

using enum Presence;
constexpr std::size_t kPapersMax = 200;
constexpr std::size_t kTextMax = 2000;

// Reads a person or organisation: who owns the dossier, or who files it.
void add_person(JsonObject person, core::TextRecord record, CommandInput& input) {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  const auto copy = [&](std::string_view key, Presence presence, std::size_t max, bool searchable) {
    const auto value = person.text(key, presence, max);
    if (!value) return;
    json.member(key, *value);
    if (searchable) input.searchable.push_back(*value);
  };
  copy("name", required, 200, true);
  if (const auto kind = person.word<core::IdKind>("id_kind", optional)) json.member("id_kind", *kind);
  copy("id_number", optional, 50, true);
  copy("phone", optional, 30, true);
  copy("email", optional, 200, false);
  copy("address", optional, 500, false);
  if (auto account = person.object("portal_account", optional)) {
    json.key("portal_account");
    json.begin_object();
    if (const auto id = account->text("id", required, 100)) json.member("id", *id);
    if (const auto verified = account->boolean("verified", required)) json.member("verified", *verified);
    json.end_object();
    account->refuse_unknown();
  }
  json.end_object();
  person.refuse_unknown();
  input.fragments.push_back({record, std::move(text)});
}

std::vector<core::PaperHanded> read_papers(JsonObject& body, CommandInput& input) {
  std::vector<core::PaperHanded> papers;
  auto list = body.array("papers", optional, kPapersMax);
  if (!list) return papers;
  std::string typed;  // where each came from and lies: names that a person chose
  JsonWriter json(typed);
  json.begin_array();
  bool any_typed = false;
  for (std::size_t i = 0; i < list->size(); ++i) {
    auto item = list->object(i);
    if (!item) continue;
    core::PaperHanded paper;
    paper.key = item->code("key", required).value_or(core::Code());
    paper.form = item->word<core::PaperForm>("form", required).value_or(core::PaperForm::original);
    paper.copies = static_cast<std::uint32_t>(item->integer("copies", optional, 1, 1000).value_or(1));
    paper.digitised = item->boolean("digitised", optional).value_or(false);
    const auto source = item->text("source", optional, 200);
    const auto file_ref = item->text("file_ref", optional, 500);
    item->refuse_unknown();
    for (const core::PaperHanded& before : papers) {
      if (before.key == paper.key)
        item->fault("key", "duplicate_item", "Expected each paper once, but this is repeated");
    }
    if (source || file_ref) {
      any_typed = true;
      json.begin_object();
      json.member("key", paper.key);
      if (source) json.member("source", *source);
      if (file_ref) json.member("file_ref", *file_ref);
      json.end_object();
    }
    papers.push_back(std::move(paper));
  }
  json.end_array();
  if (any_typed) input.fragments.push_back({core::TextRecord::papers, std::move(typed)});
  return papers;
}

std::optional<core::Fact> read_fact(JsonObject& facts, const core::FactDefinition& definition) {
  const std::string& key = definition.key.text;
  const auto fact = [&](auto value) -> std::optional<core::Fact> {
    if (!value) return std::nullopt;
    return core::Fact{definition.key, *value};
  };
  switch (definition.type) {
    case core::FactType::integer:
      return fact(facts.integer(key, optional, INT64_MIN, INT64_MAX));
    case core::FactType::boolean:
      return fact(facts.boolean(key, optional));
    case core::FactType::date:
      return fact(facts.date(key, optional));
    case core::FactType::enumeration:
      return fact(facts.one_of(key, optional, definition.values));
    case core::FactType::text:
      return std::nullopt;  // always personal
  }
  return std::nullopt;
}

void write_personal_fact(JsonWriter& json, JsonObject& facts, const core::FactDefinition& definition) {
  if (definition.type == core::FactType::text) {
    const auto text = facts.text(definition.key.text, optional, kTextMax, Lines::many);
    if (text) json.member(definition.key.text, *text);
    return;
  }
  const auto fact = read_fact(facts, definition);
  if (!fact) return;
  std::visit([&](const auto& value) { json.member(definition.key.text, value); }, fact->value);
}

std::vector<core::Fact> read_facts(JsonObject& body, const core::Procedure* procedure, CommandInput& input) {
  std::vector<core::Fact> facts;
  auto object = body.object("facts", optional);
  if (!object || procedure == nullptr) return facts;
  std::string personal;
  JsonWriter json(personal);
  json.begin_object();
  const std::size_t empty = personal.size();
  for (const core::FactDefinition& definition : procedure->facts) {
    if (definition.personal || definition.type == core::FactType::text) {
      write_personal_fact(json, *object, definition);
    } else if (auto fact = read_fact(*object, definition)) {
      facts.push_back(std::move(*fact));
    }
  }
  object->refuse_unknown();
  const bool any = personal.size() > empty;
  json.end_object();
  if (any) input.fragments.push_back({core::TextRecord::facts, std::move(personal)});
  return facts;
}

// Facts that an edge asks, given as a step is completed. What says something of a person is for the filing or
// an adjustment: it lies sealed as a whole.
std::vector<core::Fact> read_open_facts(JsonObject& body, const core::Procedure* procedure) {
  std::vector<core::Fact> facts;
  auto object = body.object("facts", optional);
  if (!object || procedure == nullptr) return facts;
  for (const core::FactDefinition& definition : procedure->facts) {
    if (definition.personal) {
      object->refuse(definition.key.text, "personal_fact",
                     "Expected a fact that is not personal, but this one is");
    } else if (auto fact = read_fact(*object, definition)) {
      facts.push_back(std::move(*fact));
    }
  }
  object->refuse_unknown();
  return facts;
}

// A promise where the procedure states no limit, with its reason.
std::optional<core::Instant> read_appointment(JsonObject& body, CommandInput& input) {
  const auto at = body.instant("appointment_at", optional);
  if (body.has("appointment_at")) {
    add_text(body, "reason", core::TextRecord::reason, required, input);
  } else {
    body.refuse("reason", "unknown_field",
                "Expected a reason beside appointment_at only, but that is absent");
  }
  return at;
}

const CommandRow kCommandRows[] = {
    {"accept",
     [](JsonObject& body, const core::Procedure*, CommandInput& input) -> core::CommandBody {
       return core::AcceptDossier{read_appointment(body, input)};
     }},
    {"refuse",
     [](JsonObject& body, const core::Procedure*, CommandInput& input) -> core::CommandBody {
       add_text(body, "reason", core::TextRecord::reason, required, input);
       return core::RefuseDossier{};
     }},
    {"request-supplement",
     [](JsonObject& body, const core::Procedure*, CommandInput& input) -> core::CommandBody {
       core::RequestSupplement command;
       if (auto missing = body.array("missing", optional, kPapersMax)) {
         for (std::size_t i = 0; i < missing->size(); ++i) {
           if (const auto key = missing->code(i)) command.missing.push_back(*key);
         }
       }
       add_text(body, "reason", core::TextRecord::reason, required, input);
       return command;
     }},
    {"supplement",
     [](JsonObject& body, const core::Procedure*, CommandInput& input) -> core::CommandBody {
       core::ReceiveSupplement command;
       command.papers = read_papers(body, input);
       return noted(body, input, std::move(command));
     }},
    {"accept-supplement",
     [](JsonObject&, const core::Procedure*, CommandInput&) -> core::CommandBody {
       return core::AcceptSupplement{};
     }},
    {"assign",
     [](JsonObject& body, const core::Procedure*, CommandInput&) -> core::CommandBody {
       core::AssignStep command;
       command.agency = body.code("agency", optional).value_or(core::Code());
       command.officer = body.code("officer", required).value_or(core::Code());
       command.step = body.code("step", optional).value_or(core::Code());
       return command;
     }},
    {"complete-step",
     [](JsonObject& body, const core::Procedure* procedure, CommandInput& input) -> core::CommandBody {
       core::CompleteStep command;
       command.step = body.code("step", optional).value_or(core::Code());
       command.outcome = body.word<core::Outcome>("outcome", optional);
       command.facts = read_open_facts(body, procedure);
       return noted(body, input, std::move(command));
     }},
    {"settle",
     [](JsonObject& body, const core::Procedure*, CommandInput& input) -> core::CommandBody {
       core::SettleDossier command;
       command.outcome = body.word<core::Outcome>("outcome", required).value_or(core::Outcome::granted);
       command.form =
           body.word<core::ResultForm>("result_form", required).value_or(core::ResultForm::electronic);
       command.kind = body.code("result_kind", optional).value_or(core::Code());
       // A refusal in term (118 art. 19.3) is the result itself, and says why.
       const bool explains = command.outcome != core::Outcome::granted;
       add_text(body, "reason", core::TextRecord::reason, explains ? required : optional, input);
       return command;
     }},
    {"return-result",
     [](JsonObject& body, const core::Procedure*, CommandInput&) -> core::CommandBody {
       return core::ReturnResult{body.word<core::Delivery>("result_delivery", optional)};
     }},
    {"withdraw",
     [](JsonObject& body, const core::Procedure*, CommandInput& input) -> core::CommandBody {
       add_text(body, "reason", core::TextRecord::reason, optional, input);
       return core::WithdrawDossier{};
     }},
    {"adjust",
     [](JsonObject& body, const core::Procedure* procedure, CommandInput& input) -> core::CommandBody {
       core::AdjustDossier command;
       command.delivery = body.word<core::Delivery>("result_delivery", optional);
       command.papers = read_papers(body, input);
       command.facts = read_facts(body, procedure, input);
       if (auto owner = body.object("owner", optional)) add_person(*owner, core::TextRecord::owner, input);
       add_text(body, "content", core::TextRecord::content, optional, input);
       return command;
     }},
    {"return-step",
     [](JsonObject& body, const core::Procedure*, CommandInput& input) -> core::CommandBody {
       core::ReturnStep command;
       command.step = body.code("step", optional).value_or(core::Code());
       command.to = body.code("to", required).value_or(core::Code());
       add_text(body, "reason", core::TextRecord::reason, required, input);
       return command;
     }},
    {"consult",
     [](JsonObject& body, const core::Procedure*, CommandInput& input) -> core::CommandBody {
       core::ConsultAgency command;
       command.consultation = body.code("consultation", optional).value_or(core::Code());
       command.agency = body.code("agency", required).value_or(core::Code());
       add_text(body, "reason", core::TextRecord::reason, required, input);
       return command;
     }},
    {"answer-consultation",
     [](JsonObject& body, const core::Procedure*, CommandInput& input) -> core::CommandBody {
       core::AnswerConsultation command;
       command.number =
           static_cast<std::uint32_t>(body.integer("number", required, 1, 1'000'000).value_or(1));
       command.outcome = body.word<core::Opinion>("outcome", required).value_or(core::Opinion::agreed);
       return noted(body, input, std::move(command));
     }},
};

const CommandRow* find_row(std::string_view word) {
  for (const std::span<const CommandRow> rows :
       {std::span<const CommandRow>(kCommandRows), case_rows(), term_rows()}) {
    for (const CommandRow& row : rows) {
      if (row.word == word) return &row;
    }
  }
  return nullptr;
}

}  // namespace

core::CommandBody noted(JsonObject& body, CommandInput& input, core::CommandBody command) {
  add_text(body, "note", core::TextRecord::note, optional, input);
  return command;
}

void add_text(JsonObject& body, std::string_view key, core::TextRecord record, Presence presence,
              CommandInput& input) {
  const auto text = body.text(key, presence, kTextMax, Lines::many);
  if (!text) return;
  std::string json;
  JsonWriter(json).value(*text);
  input.fragments.push_back({record, std::move(json)});
}

SubmissionTarget submission_target(JsonObject& body) {
  return {body.code("procedure", required).value_or(core::Code()), body.instant("received_at", optional)};
}

namespace {

// Four acts always name their officer.
void demand_officer(JsonObject& body, const core::CommandBody& command, Acting acting) {
  if (acting == Acting::itself || body.has("on_behalf_of")) return;
  const bool demanded = acting == Acting::for_named && !core::may_be_of_citizen(command);
  if (!demanded && !core::is_for_others(core::Right::of(command))) return;
  body.fault("on_behalf_of", "missing_field", "Expected the officer who says so, but it is absent");
}

}  // namespace

CommandInput read_submission(JsonObject& body, const SubmissionTarget& target,
                             const core::Procedure* procedure, Acting acting) {
  CommandInput input;
  core::SubmitDossier submit;
  submit.procedure = target.procedure;
  input.command.occurred_at = target.received_at;
  input.command.on_behalf_of = body.code("on_behalf_of", optional).value_or(core::Code());
  submit.variant = body.code("variant", optional).value_or(core::Code());
  submit.channel = body.word<core::Channel>("channel", required).value_or(core::Channel::direct);
  submit.receiving_agency = body.code("receiving_agency", required).value_or(core::Code());
  submit.competent_agency = body.code("competent_agency", optional).value_or(core::Code());
  submit.delivery = body.word<core::Delivery>("result_delivery", optional).value_or(core::Delivery::direct);
  submit.code = body.code("code", optional).value_or(core::Code());
  submit.source = body.code("source", optional).value_or(core::Code());
  submit.external_ref = body.code("external_ref", optional).value_or(core::Code());
  submit.accept = body.boolean("accept", optional).value_or(false);
  if (submit.accept) {
    submit.appointment_at = read_appointment(body, input);
  } else {
    for (const char* only_then : {"appointment_at", "reason"}) {
      body.refuse(only_then, "unknown_field",
                  "Expected it beside accept only, but the dossier is only filed");
    }
  }
  if (auto owner = body.object("owner", required)) {
    submit.owner_kind = owner->word<core::OwnerKind>("kind", required).value_or(core::OwnerKind::citizen);
    add_person(std::move(*owner), core::TextRecord::owner, input);
  }
  if (auto filer = body.object("filer", optional))
    add_person(std::move(*filer), core::TextRecord::filer, input);
  add_text(body, "content", core::TextRecord::content, optional, input);
  submit.papers = read_papers(body, input);
  submit.facts = read_facts(body, procedure, input);
  body.refuse_unknown();
  input.command.body = std::move(submit);
  demand_officer(body, input.command.body, acting);
  return input;
}

void read_common(JsonObject& body, CommandInput& input) {
  input.command.occurred_at = body.instant("occurred_at", optional);
  input.command.on_behalf_of = body.code("on_behalf_of", optional).value_or(core::Code());
}

bool knows_command(std::string_view word) { return find_row(word) != nullptr; }

CommandInput read_command(std::string_view word, JsonObject& body, const core::Procedure* procedure,
                          Acting acting) {
  CommandInput input;
  read_common(body, input);
  if (const CommandRow* row = find_row(word)) input.command.body = row->read(body, procedure, input);
  demand_officer(body, input.command.body, acting);
  body.refuse_unknown();
  return input;
}

void read_old_texts(JsonObject& row, const core::Procedure* procedure, core::OldDossier& old,
                    CommandInput& typed) {
  if (auto owner = row.object("owner", required)) {
    old.owner_kind = owner->word<core::OwnerKind>("kind", required).value_or(core::OwnerKind::citizen);
    add_person(std::move(*owner), core::TextRecord::owner, typed);
  }
  if (auto filer = row.object("filer", optional)) {
    add_person(std::move(*filer), core::TextRecord::filer, typed);
  }
  add_text(row, "content", core::TextRecord::content, optional, typed);
  old.papers = read_papers(row, typed);
  old.facts = read_facts(row, procedure, typed);
}

}  // namespace motcua::api
