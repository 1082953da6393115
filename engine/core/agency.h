#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/core/terms.h"

namespace motcua::core {

// Who may act for an officer, and when (ủy quyền).
struct Deputy {
  Code officer;  // of the same agency
  Date from;
  Date to;  // both included
};

struct Officer {
  Code id;
  Code unit;
  Code role;
  std::string position{};  // its title
  std::vector<Deputy> deputies{};
  std::string mail{};  // the position's address; empty: none
  std::string name{};  // published only where the province decided so; empty: not kept
  // This officer, or one who may act for it on that day.
  bool is_or_has_deputy(const Code& acting, Date on) const;
};

struct AgencyUnit {
  Code key;
  std::string name;
};

// An agency (cơ quan) of the one-stop organisation, with the dates between which it exists.
struct Agency {
  Code code;  // "H32.19"
  std::string name;
  AgencyLevel level = AgencyLevel::commune;
  Code parent;
  Code calendar;
  Date valid_from;
  std::optional<Date> valid_to;
  std::vector<Code> successors;
  bool one_stop = false;  // has a one-stop counter and may receive
  std::vector<Officer> officers;
  std::vector<Code> predecessors{};
  std::vector<AgencyUnit> units{};

  bool exists_on(Date date) const;
  const Officer* officer(const Code& id) const;
};

// Whether `receiving` is the one-stop of the competent agency's own territory though it is another agency
// (workflows/README.md): of the same level, and its parent or its child; or both of a province, whose centre
// receives for every department. `…_root`: the agency at the top of each one's parents.
bool is_own_one_stop(const Agency& receiving, const Agency& competent, const Code& receiving_root,
                     const Code& competent_root);

}  // namespace motcua::core
