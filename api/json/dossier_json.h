#pragma once

#include <cstdint>
#include <span>

#include "api/json/writer.h"
#include "engine/run/definitions.h"
#include "engine/run/seal.h"
#include "engine/store/store.h"

namespace motcua::api {

// What a reader of a dossier gets to see of what was typed. Erased: nothing, and nobody else does.
enum class Personal { masked, open, erased };

// A part of what was typed, with the version of the dossier that brought it.
struct TypedPart {
  std::uint32_t version = 0;
  run::Fragment fragment;
};

// Derived members are as of an instant, and say so.
struct DossierView {
  const core::Dossier& dossier;
  core::Instant as_of;
  const run::Definitions& definitions;
  std::span<const TypedPart> typed;  // the last of each part, and all of papers
  Personal personal = Personal::masked;
};

// The dossier in full: state, dates, lateness, clocks, papers, rounds, results, owner.
void write_dossier(JsonWriter& json, const DossierView& view);
// What was typed of it alone.
void write_owner(JsonWriter& json, const DossierView& view);
// One row of a list; `item` may be null. Nothing personal.
void write_row(JsonWriter& json, const core::Dossier& dossier, core::Instant as_of,
               const run::Definitions& definitions, const store::ListItem* item);
void write_clocks(JsonWriter& json, const core::Dossier& dossier, core::Instant as_of,
                  const run::Definitions& definitions);
inline constexpr std::string_view kEventSource = "urn:motcua:engine";
// An event in its public shape: CloudEvents 1.0, no personal data.
void write_event(JsonWriter& json, const store::StoredEvent& stored, std::string_view source);

// The members of a dossier that tell of the hand-over of its papers: handover_json.cpp.
void write_handovers(JsonWriter& json, const core::Dossier& dossier);
// The member `shares`, whose a delay is, where it is known: handover_json.cpp.
void write_shares(JsonWriter& json, const std::vector<core::DelayShare>& shares);

}  // namespace motcua::api

namespace motcua::core {

template <>
struct EnumWords<api::Personal> {
  static constexpr int first = 0;
  static constexpr std::string_view words[] = {"masked", "open", "erased"};
};

}  // namespace motcua::core
