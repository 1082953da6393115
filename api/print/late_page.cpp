#include "api/print/late_page.h"

#include <algorithm>

#include "api/print/late_words.h"

namespace motcua::print {
namespace {

// Dark on light beyond 7:1 everywhere; late is told by a word, and by colour only besides.
constexpr std::string_view kLateStyle = R"css(
:root{--ink:#1b2733;--mute:#465464;--line:#d3dae2;--band:#12385f;--soft:#eff3f7;--bad:#8f1717}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;color:var(--ink);background:#fff;font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",Arial,sans-serif}
a{color:#164f8a}
a:focus-visible,.scroll:focus-visible{outline:3px solid #b8860b;outline-offset:2px}
header{background:var(--band);color:#fff}
header>div,main,footer{max-width:84rem;margin:0 auto;padding:1rem 1.25rem}
header p{margin:0;opacity:.92}
header a{color:#fff}
h1{font-size:1.6rem;line-height:1.25;margin:.2rem 0 .35rem}
h2{font-size:1.2rem;line-height:1.3;margin:2.2rem 0 .6rem;padding-bottom:.25rem;border-bottom:2px solid var(--band)}
h3{font-size:.95rem;margin:0 0 .35rem;color:var(--mute)}
nav ul{display:flex;flex-wrap:wrap;gap:.35rem 1.1rem;margin:.4rem 0 0;padding:0;list-style:none}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(11rem,1fr));gap:.75rem;margin:1.25rem 0 0;padding:0}
.figures div{border:1px solid var(--line);border-top:4px solid var(--band);border-radius:.25rem;padding:.6rem .8rem}
.figures dt{font-size:.85rem;color:var(--mute)}
.figures dd{margin:0;font-size:1.35rem;line-height:1.3;font-weight:650;font-variant-numeric:tabular-nums}
.figures .late{border-top-color:var(--bad)}
.bad{color:var(--bad);font-weight:600}
.scroll{overflow-x:auto;border:1px solid var(--line);border-radius:.25rem}
table{border-collapse:collapse;width:100%;font-size:.875rem;line-height:1.4}
caption{text-align:left;padding:.5rem .6rem;font-weight:600}
th,td{padding:.4rem .6rem;border-top:1px solid var(--line);text-align:left;vertical-align:top}
thead th{background:var(--soft);vertical-align:bottom;border-bottom:2px solid var(--band)}
tbody th{font-weight:600}
tbody tr:nth-child(even){background:#fafbfc}
.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.w{white-space:nowrap}
thead .n{white-space:normal;min-width:5.4rem}
.sum{font-weight:700;background:var(--soft)}
small{color:var(--mute);font-size:.85em}
.name{min-width:14rem;overflow-wrap:anywhere}
.counts{display:grid;grid-template-columns:repeat(auto-fill,minmax(19rem,1fr));gap:1rem 1.5rem}
.counts dl{margin:0;font-size:.9rem}
.proof{display:block}
.counts dl div{display:flex;justify-content:space-between;gap:1rem;border-top:1px solid var(--line);padding:.22rem 0}
.counts dd{margin:0;text-align:right;font-variant-numeric:tabular-nums;font-weight:600}
.note{border-left:4px solid var(--bad);background:#fdf4f3;padding:.6rem .9rem}
code{font:0.92em ui-monospace,"DejaVu Sans Mono",Consolas,monospace;overflow-wrap:anywhere}
footer{overflow-wrap:anywhere;border-top:1px solid var(--line);margin-top:2.5rem;color:var(--mute);font-size:.85rem}
@media (max-width:40rem){h1{font-size:1.3rem}.figures{grid-template-columns:1fr 1fr}.figures dd{font-size:1.2rem}th,td{padding:.35rem .45rem}}
@page{size:A4 landscape;margin:11mm}
@media print{body{font-size:9pt}header{background:none;color:#000;border-bottom:2pt solid #000}header>div,main,footer{padding:0;max-width:none}
nav,.screen{display:none}a{color:inherit;text-decoration:none}.scroll{overflow:visible;border:0}table{font-size:7.5pt}
th,td{padding:2pt 3pt}thead .n{min-width:0}.name{min-width:7rem}thead{display:table-header-group}tr,.counts section{break-inside:avoid}h2{break-after:avoid}}
)css";

}  // namespace

LateFileNames::LateFileNames(const std::vector<core::Code>& sections) {
  constexpr std::string_view kHex = "0123456789abcdef";
  for (const core::Code& section : sections) {
    std::string& stem = stems_.emplace_back();
    for (const char c : section.text) {
      const auto byte = static_cast<unsigned char>(c);
      const bool unsafe = c == '/' || c == ':' || c == '+' || (c == '.' && stem.empty());
      if (unsafe) {
        stem += '~';
        stem += kHex[byte >> 4];
        stem += kHex[byte & 15];
      } else {
        stem += c;
      }
    }
    if (stem == "index") stem = "~index";  // that page is the whole's
  }
}

SectionFiles LateFileNames::of(std::size_t section, std::size_t parts) const {
  SectionFiles files;
  for (std::size_t part = 1; part <= parts; ++part) {
    std::string stem = stems_[section];
    if (part > 1) {
      const std::string usual = stem + "-" + std::to_string(part);
      const bool taken = std::ranges::find(stems_, usual) != stems_.end();
      stem = taken ? stem + "~" + std::to_string(part) : usual;
    }
    files.pages.push_back(stem + ".html");
    files.papers.push_back(stem + ".pdf");
  }
  return files;
}

void begin_page(Markup& page, std::string_view title, std::string_view above, std::string_view below) {
  page.raw(
      "<!DOCTYPE html>\n<html lang=\"vi\">\n<head>\n<meta charset=\"utf-8\"/>\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n<title>");
  page.text(title).raw("</title>\n<style>").raw(kLateStyle).raw("</style>\n</head>\n<body>\n<header><div>\n");
  if (!above.empty()) page.raw("<p>").text(above).raw("</p>\n");
  page.raw("<h1>").text(title).raw("</h1>\n");
  if (!below.empty()) page.raw("<p>").text(below).raw("</p>\n");
  page.raw("</div></header>\n<main>\n");
}

void end_page(Markup& page, std::string_view foot) {
  page.raw("</main>\n<footer>").text(foot).raw("</footer>\n</body>\n</html>\n");
}

void begin_table(Markup& page, std::string_view caption, std::span<const std::string_view> columns) {
  page.raw("<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"").text(caption);
  page.raw("\">\n<table>\n<caption>").text(caption).raw("</caption>\n<thead><tr>");
  for (std::string_view head : columns) {
    const bool numeric = head.starts_with('#');
    if (numeric) head.remove_prefix(1);
    page.raw(numeric ? "<th scope=\"col\" class=\"n\">" : "<th scope=\"col\">");
    page.text(head).raw("</th>");
  }
  page.raw("</tr></thead>\n<tbody>\n");
}
void end_table(Markup& page) { page.raw("</tbody>\n</table>\n</div>\n"); }

void put_all_counts(Markup& page, const core::LateCounts& counts) {
  const auto labels = count_labels();
  const auto values = count_values(counts);
  page.raw("<div class=\"counts\">\n");
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (i == 0 || labels[i].group != labels[i - 1].group) {
      if (i > 0) page.raw("</dl></section>\n");
      page.raw("<section><h3>").text(labels[i].group).raw("</h3><dl>\n");
    }
    page.raw("<div><dt>").text(labels[i].label).raw("</dt><dd>");
    page.text(count_words(labels[i], values[i])).raw("</dd></div>\n");
  }
  page.raw("</dl></section>\n</div>\n");
}

void put_correction(Markup& page, const core::LateHead& head) {
  if (!head.corrects) return;
  const core::LateCorrection& it = *head.corrects;
  page.raw("<p class=\"note\"><strong>Danh sách đính chính.</strong> Thay cho danh sách có SHA-256 <code>");
  page.text(it.document.text).raw("</code>");
  if (!it.code.empty()) page.raw("; về hồ sơ <code>").text(it.code).raw("</code>");
  page.raw("; lý do: ").text(correction_words(it.reason)).raw(". Danh sách trước vẫn được giữ nguyên.</p>\n");
}

}  // namespace motcua::print
