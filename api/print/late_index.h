#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/core/time.h"

namespace motcua::print {

// A published list, as the index of all months and the feed know it.
struct LateEntry {
  std::string month;  // "2026-10"
  std::string scope;  // the agency's code
  std::string scope_name;
  std::int64_t number = 1;
  core::Instant published_at;
  std::string sha256;
  std::optional<std::string> corrects;  // the sha256 of the list whose place it takes
  // The list that took its place, where one did.
  struct Successor {
    std::int64_t number = 1;
    core::Instant published_at;
    std::string sha256;
    std::string address;  // of its page
  };
  std::optional<Successor> corrected_by{};
  std::string address;    // of its page, absolute in the feed
  std::string index_766;  // of the index published with it, likewise
};

// The page of all lists, in the order given.
std::string late_index_html(const std::vector<LateEntry>& entries, int offset_minutes);

struct LateFeed {
  std::string address;  // of the feed itself, absolute
  std::string page;     // of the index, absolute
  std::string author;   // who publishes
  core::Instant since;  // its date while nothing is published
};
// The lists as a feed (Atom, RFC 4287), in the order given; an entry is known by its digest for ever.
std::string late_feed(const LateFeed& feed, const std::vector<LateEntry>& entries, int offset_minutes);

}  // namespace motcua::print
