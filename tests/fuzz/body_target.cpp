// The first line is a command, "submit" or "old" (a row of an import); what follows it is the body.
#include <fstream>
#include <sstream>

#include "api/handlers/command_body.h"
#include "api/json/limit_body.h"
#include "api/json/typed_text.h"
#include "engine/run/procedure_loader.h"
#include "engine/run/words.h"
#include "tests/fuzz/targets.h"
#include "tests/support/paths.h"

namespace motcua::fuzz {
namespace {

constexpr int kBodyDepth = 32;

core::Procedure body_procedure() {
  std::ifstream file(in_tree("tests/support/procedures/9.000003.json"));
  std::stringstream text;
  text << file.rdbuf();
  std::vector<run::LoadFault> faults;
  return run::load_procedure(text.str(), "procedure.json", faults).value();
}

api::CommandInput read_any(std::string_view word, api::JsonObject& root, const core::Procedure& procedure) {
  if (word == "submit") {
    const api::SubmissionTarget target = api::submission_target(root);
    return api::read_submission(root, target, &procedure);
  }
  api::CommandInput input;
  if (word == "old") {
    core::OldDossier old;
    api::read_old_texts(root, &procedure, old, input);
    root.refuse_unknown();
    return input;
  }
  if (word == "limit") {
    api::read_limit(root, "limit", api::Presence::required);
    root.refuse_unknown();
    return input;
  }
  return api::read_command(word, root, &procedure);
}

void expect_typed(const api::CommandInput& input) {
  for (const run::Fragment& fragment : input.fragments) {
    api::Unreadable why;
    expect(api::JsonBody::parse(fragment.json, kBodyDepth, why).has_value(),
           "what was typed is kept as JSON");
  }
  for (const std::string& text : input.searchable) {
    expect(api::composed(text) == text, "what is composed stays as it is");
    expect(!api::is_blank(text) && !api::has_control(text, false), "a name says something");
    for (const std::string& word : run::search_words(text)) {
      const auto again = run::search_words(word);
      expect(again.size() == 1 && again.front() == word, "a word of a search is found by itself");
    }
  }
}

}  // namespace

void fuzz_body(std::string_view input) {
  static const core::Procedure procedure = body_procedure();
  const std::size_t line = input.find('\n');
  if (line == std::string_view::npos) return;
  const std::string_view word = input.substr(0, line);
  const bool special = word == "submit" || word == "old" || word == "limit";
  if (!special && !api::knows_command(word)) return;
  api::Unreadable why;
  auto body = api::JsonBody::parse(input.substr(line + 1), kBodyDepth, why);
  if (!body) {
    expect(!why.code.empty() && !why.detail.empty(), "what cannot be read has its reason");
    return;
  }
  auto root = body->root();
  expect(root.has_value() == body->faults().empty(), "a body is an object or has a fault");
  if (!root) return;
  const std::string content = root->content("");
  expect(root->content("") == content, "a body has one content");
  const api::CommandInput read = read_any(word, *root, procedure);
  expect(body->faults().size() <= api::kFaultsMax, "faults are bounded");
  for (const api::BodyFault& fault : body->faults()) {
    expect(fault.pointer.starts_with('#') && !fault.code.empty(), "a fault has its place and its code");
  }
  if (body->faults().empty()) expect_typed(read);
}

}  // namespace motcua::fuzz
