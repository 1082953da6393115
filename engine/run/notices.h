#pragma once

#include <functional>
#include <optional>
#include <string>

#include "engine/core/notice.h"
#include "engine/run/definitions.h"
#include "engine/run/keyring.h"
#include "engine/run/messages.h"
#include "engine/run/seal.h"
#include "engine/store/store.h"

namespace motcua::run {

// What a notice says of what persons typed. All empty for who may not read it.
struct NoticeTyped {
  std::string owner;   // the name
  std::string email;   // the owner's
  std::string reason;  // of the event: its reason, or its note
};

struct NoticeText {
  std::string subject;  // one line
  std::string text;
};

// Lives the history of a dossier again, and calls `told` for each event that calls for a notice, in order,
// with the dossier as that event left it; `told` answers false to end it. Only what the scope shows.
void replay_notices(
    store::Reader& reader, const store::Scope& scope, const core::Uuid& dossier,
    const std::function<bool(core::NoticeKind, const core::Event&, const core::Dossier&)>& told);

// The same for every event.
void replay_history(store::Reader& reader, const store::Scope& scope, const core::Uuid& dossier,
                    const std::function<bool(const core::Event&, const core::Dossier&)>& told);

// The part of the personal record that a reference names; nothing where the record is gone, or sealed with
// another key.
std::optional<Fragment> open_text(const Keyring& keyring, store::Reader& reader, const store::Scope& scope,
                                  const core::Uuid& dossier, const core::TextRef& text);

// Opens what was typed of a notice: the owner as of the event, and the event's own reason. Empty where the
// record is gone.
NoticeTyped open_notice(const Keyring& keyring, store::Reader& reader, const store::Scope& scope,
                        const core::Event& event, const core::Dossier& after);

// The notice in words. `kind` is what the event calls for; `after`: the dossier as the event left it.
NoticeText write_notice(core::NoticeKind kind, const Messages& messages, const Definitions& definitions,
                        const core::Event& event, const core::Dossier& after, const NoticeTyped& typed);

// "25/11/2026"
std::string date_in_vietnamese(core::Date date);
// "16:00 25/11/2026" in Vietnam, as offices write it.
std::string in_vietnamese(core::Instant at);
// The same of the end of a day: midnight is 24:00 of the day that ends.
std::string deadline_in_vietnamese(core::Instant at);
// "1.250.000"
std::string amount_in_vietnamese(std::int64_t vnd);

}  // namespace motcua::run
