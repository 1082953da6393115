#include "api/json/letter_json.h"

namespace motcua::api {

void write_letter_members(JsonWriter& json, const store::LetterHistory& letter) {
  const bool waits = letter.letter.state == store::LetterState::waiting;
  json.member("state", letter.letter.state);
  json.member_instant("next_attempt_at", waits ? std::optional(letter.letter.next_at) : std::nullopt);
  json.key("attempts");
  json.begin_array();
  for (const store::LetterAttempt& attempt : letter.attempts) {
    json.begin_object();
    json.member_instant("at", attempt.at);
    json.member("outcome", attempt.outcome);
    if (attempt.reply == 0) {
      json.member_null("reply");
    } else {
      json.member("reply", attempt.reply);
    }
    json.end_object();
  }
  json.end_array();
}

}  // namespace motcua::api
