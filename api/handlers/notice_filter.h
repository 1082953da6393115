#pragma once

#include <string>
#include <vector>

#include "api/parameters.h"
#include "engine/core/notice.h"

namespace motcua::api {

// Keeps, of a feed of events, those that call for a notice of the citizen: of any kind, or of some.
class NoticeFilter {
 public:
  // "any" or "accepted,refused"; a fault of any other word. Absent, it keeps everything.
  static NoticeFilter read(Parameters& parameters);

  bool given() const { return given_; }
  bool keeps(const core::EventBody& body) const;
  // As it was asked for: in addresses and in what a cursor is bound to. Empty when it was not.
  std::string text() const;

 private:
  bool given_ = false;
  std::vector<core::NoticeKind> kinds_;  // empty: any
};

}  // namespace motcua::api
