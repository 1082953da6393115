#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/dossier.h"

namespace motcua::core {

// The dossiers that somebody may see, or act on: every read of a store takes one, so that all of them show
// the same set. It is made of the grants of a caller (rights.h). One made by default reaches nothing.
struct Reach {
  // Dossiers in which one of these agencies takes part, of one of these procedures. Each sorted, none twice;
  // empty: every one.
  struct Part {
    std::vector<Code> agencies;
    std::vector<Code> procedures;
    bool operator==(const Part&) const = default;
  };
  std::vector<Part> parts;

  bool operator==(const Reach&) const = default;
  static Reach everything() { return {{Part{}}}; }
  static Reach of_agency(const Code& agency) { return {{Part{{agency}, {}}}}; }

  bool is_nothing() const { return parts.empty(); }
  bool is_everything() const;
  bool shows(const Dossier& dossier) const;
  // The same for who knows of a dossier only which agencies take part in it, and its procedure.
  bool shows(const std::vector<Code>& taking_part, const Code& procedure) const;
  // What is of an agency as a whole, whatever the procedure: its lists, reports, digests, blocks of codes.
  bool covers(const Code& agency) const;
  // Some of what is of that agency.
  bool touches(const Code& agency) const;
  // What one agency and procedure have in common of both: each shows all of it, though both may show more.
  Reach shared_with(const Reach& other) const;
  // The agency, where it is one alone; else nothing.
  std::optional<Code> only_agency() const;

  // The same text for the same reach: agencies "," … "/" procedures, the parts between ";"; "*" for every
  // one. What a cursor is bound to, and how a store keeps it.
  std::string text() const;
  // Nothing for any other text.
  static std::optional<Reach> of_text(std::string_view text);
};

}  // namespace motcua::core
