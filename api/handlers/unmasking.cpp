#include "api/handlers/unmasking.h"

#include "api/handlers/ordering.h"
#include "engine/run/words.h"

namespace motcua::api {
namespace {

constexpr std::size_t kReasonMax = 500;
constexpr std::uint32_t kReasonVersion = 1;
constexpr std::string_view kReasonHeader = "access-reason";
constexpr std::string_view kWithoutSearch = "Expected it with q only, but it came without";

// As a parameter, or percent-encoded in a header; empty where it is neither.
std::optional<std::string> reason_given(const Call& call, Parameters& parameters) {
  auto reason = parameters.text("reason");
  const int headers = call.request.count(kReasonHeader);
  if (headers == 0) return reason;
  const bool twice = reason.has_value() || headers > 1;
  return twice ? "" : percent_decoded(call.request.header(kReasonHeader)).value_or("");
}

}  // namespace

std::optional<Unmasking> Unmasking::asked(const Call& call, Parameters& parameters, store::AccessKind what) {
  const bool wanted = parameters.boolean("unmasked").value_or(false);
  const auto reason = reason_given(call, parameters);
  const auto officer = parameters.code("on_behalf_of");
  if (!wanted) {
    const std::string detail = "Expected it with unmasked=true only, but it came without";
    if (reason) parameters.fault("reason", "bad_parameter", detail);
    if (officer) parameters.fault("on_behalf_of", "bad_parameter", detail);
    return std::nullopt;
  }
  Unmasking made(call, what);
  made.officer_ = officer.value_or(call.caller->officer);
  if (made.officer_.empty()) {
    parameters.fault("on_behalf_of", "bad_parameter",
                     "Expected the officer who reads what persons typed, but there is none");
  }
  made.take_reason(parameters, reason.value_or(""));
  return made;
}

Unmasking Unmasking::asked(const Call& call, JsonObject& body, store::AccessKind what) {
  Unmasking made(call, what);
  const core::Code& own = call.caller->officer;
  made.officer_ =
      body.code("on_behalf_of", own.empty() ? Presence::required : Presence::optional).value_or(own);
  const auto reason = body.text("reason", Presence::required, kReasonMax);
  if (reason) made.take_reason(body, *reason);
  return made;
}

std::optional<Unmasking> Unmasking::of_search(const Call& call, Parameters& parameters, bool searched) {
  const auto reason = reason_given(call, parameters);
  const auto officer = parameters.code("on_behalf_of");
  if (!searched) {
    if (reason) parameters.fault("reason", "bad_parameter", std::string(kWithoutSearch));
    if (officer) parameters.fault("on_behalf_of", "bad_parameter", std::string(kWithoutSearch));
    return std::nullopt;
  }
  Unmasking made(call, store::AccessKind::search);
  made.officer_ = officer.value_or(call.caller->officer);
  if (made.officer_.empty() && call.service.config.officer_required)
    parameters.fault("on_behalf_of", "bad_parameter", "Expected the officer who searches, but there is none");
  if (reason) made.take_reason(parameters, *reason);
  return made;
}

std::optional<Unmasking> Unmasking::of_search(const Call& call, JsonObject& body, bool searched) {
  if (!searched) {
    for (const char* name : {"reason", "on_behalf_of"})
      body.refuse(name, "unknown_field", std::string(kWithoutSearch));
    return std::nullopt;
  }
  const auto reason = body.text("reason", Presence::optional, kReasonMax);
  const bool named = call.caller->officer.empty() && call.service.config.officer_required;
  const auto officer = body.code("on_behalf_of", named ? Presence::required : Presence::optional);
  Unmasking made(call, store::AccessKind::search);
  made.officer_ = officer.value_or(call.caller->officer);
  if (reason) made.take_reason(body, *reason);
  return made;
}

void Unmasking::take_reason(Parameters& parameters, const std::string& reason) {
  if (run::search_words(reason).empty() || reason.size() > kReasonMax) {
    return parameters.fault("reason", "bad_parameter",
                            "Expected why it is read, in words of at most 500 bytes, but it is not");
  }
  std::string json;
  JsonWriter(json).value(reason);
  reason_ = {core::TextRecord::reason, std::move(json)};
}

void Unmasking::take_reason(JsonObject& body, const std::string& reason) {
  if (run::search_words(reason).empty())
    return body.fault("reason", "bad_format", "Expected why it is read, in words, but there are none");
  reason_ = {core::TextRecord::reason, *body.raw("reason", Presence::required)};
}

bool Unmasking::is_for_another() const { return officer_ != call_->caller->officer; }

core::Reach Unmasking::reach() const { return person_reach(*call_, officer_, core::Area::personal); }

std::optional<Problem> Unmasking::open(const core::Dossier& dossier) {
  if (!call_->unmasks(dossier)) return problem("forbidden_right");
  if (!reach().shows(dossier)) return problem("forbidden_person");
  if (!is_kept(dossier)) return problem("erased");
  note(dossier.id);
  return std::nullopt;
}

void Unmasking::open_none() { note(std::nullopt); }

void Unmasking::note(const std::optional<core::Uuid>& dossier) {
  store::Access& entry = opened_.emplace_back();
  entry.request = call_->request_id;
  entry.caller = core::Code(call_->caller->id);
  entry.officer = officer_;
  entry.dossier = dossier;
  entry.what = what_;
  if (!reason_.json.empty())
    entry.sealed = run::seal(call_->service.keyring, entry.request, kReasonVersion, std::span(&reason_, 1));
}

Made Unmasking::answer(Made made) {
  if (const Problem* wrong = std::get_if<Problem>(&made))
    made = problem_response(*wrong, core::to_string(call_->request_id), call_->vietnamese);
  return Opened{std::move(std::get<net::Response>(made)), std::move(opened_)};
}

std::string reason_of(const Call& call, const store::Access& entry) {
  const auto fragments = run::unseal(call.service.keyring, entry.request, kReasonVersion, entry.sealed);
  return fragments && !fragments->empty() ? fragments->front().json : std::string("null");
}

bool is_kept(const core::Dossier& dossier) { return !dossier.erased_at; }

}  // namespace motcua::api
