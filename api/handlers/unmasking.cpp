#include "api/handlers/unmasking.h"

#include "api/handlers/ordering.h"
#include "engine/run/words.h"

namespace motcua::api {
namespace {

constexpr std::size_t kReasonMax = 500;
constexpr std::uint32_t kReasonVersion = 1;
constexpr std::string_view kReasonHeader = "access-reason";

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
    for (const char* name : {"reason", "on_behalf_of"}) {
      if (name == std::string_view("reason") ? reason.has_value() : officer.has_value())
        parameters.fault(name, "bad_parameter", "Expected it with unmasked=true only, but it came without");
    }
    return std::nullopt;
  }
  Unmasking made(call, what);
  made.officer_ = officer.value_or(call.caller->officer);
  if (made.officer_.empty()) {
    parameters.fault("on_behalf_of", "bad_parameter",
                     "Expected the officer who reads what persons typed, but there is none");
  }
  if (!reason || run::search_words(*reason).empty() || reason->size() > kReasonMax) {
    parameters.fault("reason", "bad_parameter",
                     "Expected why it is read, in words of at most 500 bytes, but it is not");
  } else {
    std::string json;
    JsonWriter(json).value(*reason);
    made.reason_ = {core::TextRecord::reason, std::move(json)};
  }
  return made;
}

Unmasking Unmasking::asked(const Call& call, JsonObject& body, store::AccessKind what) {
  Unmasking made(call, what);
  const core::Code& own = call.caller->officer;
  made.officer_ =
      body.code("on_behalf_of", own.empty() ? Presence::required : Presence::optional).value_or(own);
  const auto reason = body.text("reason", Presence::required, kReasonMax);
  if (reason && run::search_words(*reason).empty())
    body.fault("reason", "bad_format", "Expected why it is read, in words, but there are none");
  if (reason) {
    made.reason_ = {core::TextRecord::reason, *body.raw("reason", Presence::required)};
  }
  return made;
}

core::Reach Unmasking::reach() const { return person_reach(*call_, officer_, core::Area::personal); }

std::optional<Problem> Unmasking::open(const core::Dossier& dossier) {
  if (!call_->unmasks(dossier)) return problem("forbidden_right");
  if (!reach().shows(dossier)) return problem("forbidden_person");
  if (!is_kept(dossier)) return problem("erased");
  note(dossier.id);
  return std::nullopt;
}

void Unmasking::open_nothing() { note(std::nullopt); }

void Unmasking::note(const std::optional<core::Uuid>& dossier) {
  store::Access& entry = opened_.emplace_back();
  entry.request = call_->request_id;
  entry.caller = core::Code(call_->caller->id);
  entry.officer = officer_;
  entry.dossier = dossier;
  entry.what = what_;
  entry.sealed = run::seal(call_->service.keyring, entry.request, kReasonVersion, std::span(&reason_, 1));
}

Made Unmasking::answer(net::Response response) { return Opened{std::move(response), std::move(opened_)}; }

std::string reason_of(const Call& call, const store::Access& entry) {
  const auto fragments = run::unseal(call.service.keyring, entry.request, kReasonVersion, entry.sealed);
  return fragments && !fragments->empty() ? fragments->front().json : std::string("null");
}

bool is_kept(const core::Dossier& dossier) { return !dossier.erased_at; }

}  // namespace motcua::api
