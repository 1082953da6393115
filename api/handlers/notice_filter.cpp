#include "api/handlers/notice_filter.h"

#include <algorithm>

namespace motcua::api {
namespace {

constexpr std::string_view kAny = "any";

}  // namespace

NoticeFilter NoticeFilter::read(Parameters& parameters) {
  NoticeFilter filter;
  const auto text = parameters.text("notice");
  filter.given_ = text.has_value();
  if (!text || *text == kAny) return filter;
  filter.kinds_ = parameters.words<core::NoticeKind>("notice");
  std::sort(filter.kinds_.begin(), filter.kinds_.end());
  filter.kinds_.erase(std::unique(filter.kinds_.begin(), filter.kinds_.end()), filter.kinds_.end());
  return filter;
}

bool NoticeFilter::keeps(const core::EventBody& body) const {
  if (!given_) return true;
  const auto kind = core::notice_of(body);
  return kind && (kinds_.empty() || std::find(kinds_.begin(), kinds_.end(), *kind) != kinds_.end());
}

std::string NoticeFilter::text() const {
  if (given_ && kinds_.empty()) return std::string(kAny);
  std::string text;
  for (const core::NoticeKind kind : kinds_) {
    if (!text.empty()) text += ',';
    text += core::word_of(kind);
  }
  return text;
}

}  // namespace motcua::api
