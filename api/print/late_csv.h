#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "api/print/late_source.h"

namespace motcua::print {

// The list as tables for machines, with the words of the document: its member names as heads, instants as it
// spells them, an empty field for what is absent. RFC 4180 in UTF-8, with the mark by which a spreadsheet
// knows that, and with "\r\n" at the end of each line.
//
// A text that a spreadsheet would run as a formula begins with an apostrophe, and so does, for it to be told
// apart, one that begins with an apostrophe itself. Numbers stand bare.
class LateTables {
 public:
  // The head must outlive the tables.
  LateTables(const core::LateHead& head, int offset_minutes);
  void add(const core::LateAgency& section, const LateNames& names);
  // list.csv (a line per late dossier), shares.csv (whom its delay is booked to), counts.csv (the whole,
  // agencies, units), persons.csv, others.csv (delays in an agency's dossiers that are another's).
  void finish(const std::function<void(const std::string& name, std::string bytes)>& keep);

 private:
  int offset_minutes_;
  std::string list_, shares_, counts_, persons_, others_;
};

}  // namespace motcua::print
