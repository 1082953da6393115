#include "api/print/late_index.h"

#include <algorithm>

#include "api/print/late_page.h"
#include "api/print/late_words.h"

namespace motcua::print {
namespace {

std::string entry_title(const LateEntry& entry) {
  std::string title = "Danh sách hồ sơ trễ hẹn " + month_words(entry.month) + ", " + entry.scope_name;
  if (entry.corrects) title += " (đính chính, danh sách số " + std::to_string(entry.number) + ")";
  return title;
}

}  // namespace

std::string late_index_html(const std::vector<LateEntry>& entries, int offset_minutes) {
  Markup page;
  begin_page(page, "Danh sách hồ sơ trễ hẹn các tháng", "Công bố hằng tháng", "");
  constexpr std::string_view kColumns[] = {"Tháng",   "Phạm vi",    "#Số",       "Công bố",
                                           "SHA-256", "Đính chính", "Chỉ số 766"};
  if (entries.empty()) page.raw("<p>Chưa có danh sách nào được công bố.</p>\n");
  if (!entries.empty()) {
    begin_table(page, "Các danh sách đã công bố", kColumns);
    for (const LateEntry& it : entries) {
      page.raw("<tr><th scope=\"row\" class=\"w\"><a href=\"").text(it.address).raw("\" aria-label=\"");
      page.text(entry_title(it))
          .raw("\">")
          .text(month_words(it.month))
          .raw("</a></th><td class=\"name\">")
          .text(it.scope_name)
          .raw(" <small>")
          .text(it.scope);
      page.raw("</small></td><td class=\"n\">").text(std::to_string(it.number)).raw("</td><td class=\"w\">");
      page.text(instant_words(it.published_at, offset_minutes)).raw("</td><td><code>").text(it.sha256);
      page.raw("</code></td><td>");
      if (it.corrects) page.raw("Thay cho <code>").text(*it.corrects).raw("</code>");
      if (it.corrected_by) {
        page.raw(it.corrects ? "<br>" : "")
            .raw("Đã đính chính bằng <a href=\"")
            .text(it.corrected_by->address);
        page.raw("\">danh sách số ").text(std::to_string(it.corrected_by->number)).raw("</a> <code>");
        page.text(it.corrected_by->sha256).raw("</code>");
      }
      page.raw("</td><td><a href=\"").text(it.index_766).raw("\" aria-label=\"Bộ chỉ số 766, ");
      page.text(month_words(it.month)).raw("\">JSON</a></td></tr>\n");
    }
    end_table(page);
  }
  end_page(page, "Danh sách đã công bố không bao giờ thay đổi; đính chính là một danh sách mới.");
  return page.take();
}

std::string late_feed(const LateFeed& feed, const std::vector<LateEntry>& entries, int offset_minutes) {
  core::Instant updated = feed.since;
  for (const LateEntry& it : entries) updated = std::max(updated, it.published_at);
  Markup out;
  out.raw(
      "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" "
      "xml:lang=\"vi\">\n<id>");
  out.text(feed.address).raw("</id>\n<title>Danh sách hồ sơ trễ hẹn</title>\n<updated>");
  out.text(core::format_instant(updated, offset_minutes)).raw("</updated>\n<author><name>");
  out.text(feed.author).raw("</name></author>\n<link rel=\"self\" type=\"application/atom+xml\" href=\"");
  out.text(feed.address).raw("\"/>\n<link rel=\"alternate\" type=\"text/html\" href=\"").text(feed.page);
  out.raw("\"/>\n");
  for (const LateEntry& it : entries) {
    const std::string at = core::format_instant(it.published_at, offset_minutes);
    out.raw("<entry>\n<id>urn:motcua:late-list:").text(it.sha256).raw("</id>\n<title>").text(entry_title(it));
    const core::Instant changed = it.corrected_by ? it.corrected_by->published_at : it.published_at;
    out.raw("</title>\n<updated>")
        .text(core::format_instant(changed, offset_minutes))
        .raw("</updated>\n<published>")
        .text(at)
        .raw("</published>\n");
    out.raw("<link rel=\"alternate\" type=\"text/html\" href=\"")
        .text(it.address)
        .raw("\"/>\n<link rel=\"related\" type=\"application/json\" title=\"Bộ chỉ số 766\" href=\"")
        .text(it.index_766)
        .raw("\"/>\n<summary>SHA-256 ");
    out.text(it.sha256);
    if (it.corrects) out.raw("; thay cho ").text(*it.corrects);
    if (it.corrected_by) out.raw("; đã đính chính bằng ").text(it.corrected_by->sha256);
    out.raw("</summary>\n</entry>\n");
  }
  out.raw("</feed>\n");
  return out.take();
}

}  // namespace motcua::print
