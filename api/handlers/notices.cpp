#include "engine/run/notices.h"

#include <algorithm>

#include "api/handlers/dossier_reading.h"
#include "api/handlers/handlers.h"
#include "api/handlers/unmasking.h"
#include "api/json/letter_json.h"

namespace motcua::api {
namespace {

struct Told {
  core::NoticeKind kind = core::NoticeKind::received;
  core::Uuid event;
  std::uint32_t version = 0;
  core::Instant at;
  run::NoticeText words;
};

// What became of the letter of a notice; null where none was queued: the owner gave no address, or no mail
// was sent at that time.
void write_letter(JsonWriter& json, const Told& notice, const std::vector<store::LetterHistory>& letters) {
  const auto found = std::find_if(letters.begin(), letters.end(), [&](const store::LetterHistory& one) {
    return one.letter.kind == store::LetterKind::notice && one.letter.source == notice.event;
  });
  if (found == letters.end()) return json.member_null("mail");
  json.key("mail");
  json.begin_object();
  write_letter_members(json, *found);
  json.end_object();
}

void write_told(JsonWriter& json, const Told& notice, const std::vector<store::LetterHistory>& letters) {
  json.begin_object();
  json.member("kind", notice.kind);
  json.member("event", notice.event);
  json.member("version", notice.version);
  json.member_instant("at", notice.at);
  json.member("subject", notice.words.subject);
  json.member("text", notice.words.text);
  write_letter(json, notice, letters);
  json.end_object();
}

// The notices after a version, written as of their events; what was typed only for who may read it.
std::vector<Told> notices_after(const Call& call, store::Reader& reader, const core::Uuid& dossier,
                                std::uint32_t after, std::size_t count_max, bool unmasked) {
  const auto definitions = call.service.engine.definitions();
  const run::Messages* messages = definitions->messages();
  std::vector<Told> notices;
  run::replay_notices(
      reader, call.scope(), dossier,
      [&](core::NoticeKind kind, const core::Event& event, const core::Dossier& then) {
        if (event.version <= after) return true;
        run::NoticeTyped typed;
        if (unmasked) {
          typed = run::open_notice(call.service.keyring, reader, call.scope(), event, then);
        }
        Told& told = notices.emplace_back(Told{kind, event.id, event.version, event.occurred_at, {}});
        if (messages != nullptr) {
          told.words = run::write_notice(kind, *messages, *definitions, event, then, typed);
        }
        return notices.size() < count_max;
      });
  return notices;
}

}  // namespace

Made list_notices(const Call& call) {
  Parameters parameters(call.request.query);
  const auto after = parameters.integer("after_version", 0, UINT32_MAX).value_or(0);
  const auto limit = parameters.integer("limit", 1, 200).value_or(50);
  auto unmasking = Unmasking::asked(call, parameters, store::AccessKind::notices);
  parameters.refuse_unknown();
  if (!parameters.faults().empty()) return problem_of(parameters.faults());
  auto reader = call.service.store.reader();
  const auto name = dossier_name(call.parts[0]);
  const auto stored = name ? reader->find(call.scope(), *name) : std::nullopt;
  if (!stored) return problem("not_found");
  if (unmasking) {
    if (auto wrong = unmasking->open(stored->dossier)) return std::move(*wrong);
  }
  const auto shown = static_cast<std::size_t>(limit);
  const auto notices = notices_after(call, *reader, stored->dossier.id, static_cast<std::uint32_t>(after),
                                     shown + 1, unmasking.has_value());
  const std::size_t count = std::min(notices.size(), shown);
  std::vector<store::LetterHistory> letters;
  if (count > 0) {
    letters = reader->letters_of(call.scope(), stored->dossier.id, notices.front().version,
                                 notices[count - 1].version);
  }
  std::string body;
  body.reserve(count * 1500 + 256);
  JsonWriter json(body);
  json.begin_object();
  json.member("dossier", stored->dossier.id);
  json.key("items");
  json.begin_array();
  for (std::size_t i = 0; i < count; ++i) write_told(json, notices[i], letters);
  json.end_array();
  if (notices.size() > count) {
    json.member("next_after_version", notices[count - 1].version);
  } else {
    json.member_null("next_after_version");
  }
  json.end_object();
  net::Response response = json_response(200, std::move(body));
  return unmasking ? unmasking->answer(std::move(response)) : Made(std::move(response));
}

}  // namespace motcua::api
