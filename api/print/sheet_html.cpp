#include "api/print/sheet.h"

#include <set>
#include <string>
#include <vector>

namespace motcua::print {
namespace {

constexpr int kQuietZone = 4;  // modules

constexpr std::string_view kStyle = R"css(
body{font:12pt/1.45 "Times New Roman","Liberation Serif","DejaVu Serif",serif;color:#000;background:#fff;max-width:190mm;margin:8mm auto;padding:0 5mm}
body.wide{max-width:275mm}
header{display:flex;justify-content:space-between;gap:8mm;text-align:center;margin-bottom:4mm}
header p{margin:0}
header .left{flex:1}
header .right{flex:1.15}
header p:first-child,header .right p:nth-child(2){font-weight:bold}
header .right p:nth-child(n+3){font-style:italic}
h1{font-size:15pt;text-align:center;margin:4mm 0;white-space:pre-line}
p{margin:0 0 2mm;overflow-wrap:anywhere;white-space:pre-line}
.bold{font-weight:bold}.italic{font-style:italic}.center{text-align:center}
dl{display:grid;grid-template-columns:minmax(40mm,30%) 1fr;gap:1mm 4mm;margin:0 0 4mm}
dt{margin:0}
dd{margin:0;font-weight:bold;overflow-wrap:anywhere;white-space:pre-line}
table{width:100%;border-collapse:collapse;margin:0 0 4mm;font-size:11pt;table-layout:fixed}
th,td{border:1px solid #000;padding:1mm 1.5mm;vertical-align:top;overflow-wrap:anywhere}
.wide table{font-size:9pt}
th{text-align:center}
td{text-align:left}
thead{display:table-header-group}
tr{break-inside:avoid}
.signatures{display:flex;gap:8mm;text-align:center;margin-top:6mm;break-inside:avoid}
.signatures div{flex:1;min-height:32mm}
footer{font-size:9pt;margin-top:8mm;border-top:1px solid #777;padding-top:1mm}
@page{size:A4;margin:15mm}
@page wide{size:A4 landscape;margin:12mm}
@media print{body{margin:0;padding:0;max-width:none}body.wide{page:wide}}
)css";

void add_element(std::string& out, std::string_view open, std::string_view text, std::string_view close) {
  out += open;
  out += escaped_html(text);
  out += close;
}

void add_heading(std::string& out, const SheetBlock& block) {
  out += "<header>\n";
  for (const auto& [name, lines] : {std::pair{"left", &block.left}, std::pair{"right", &block.right}}) {
    out += std::string("<div class=\"") + name + "\">";
    for (const std::string& line : *lines) add_element(out, "<p>", line, "</p>");
    out += "</div>\n";
  }
  out += "</header>\n";
}

// Dark modules as runs of one path, one unit a module.
void add_code(std::string& out, const SheetBlock& block) {
  const QrCode code = qr_code(block.text);
  const std::string side = std::to_string(code.side + 2 * kQuietZone);
  out += "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"96\" height=\"96\" viewBox=\"0 0 " +
         side + ' ' + side + "\" shape-rendering=\"crispEdges\">";
  add_element(out, "<title>Mã QR: ", block.text, "</title>");
  out += "<path d=\"";
  for (int row = 0; row < code.side; ++row) {
    for (int from = 0; from < code.side; ++from) {
      int to = from;
      while (to < code.side && code.at(row, to)) ++to;
      if (to == from) continue;
      const std::string length = std::to_string(to - from);
      out += 'M' + std::to_string(from + kQuietZone) + ' ' + std::to_string(row + kQuietZone) + 'h' + length +
             "v1h-" + length + 'z';
      from = to;
    }
  }
  out += "\"/></svg>\n";
}

void add_text(std::string& out, const SheetBlock& block) {
  std::string classes;
  for (const auto& [set, name] : {std::pair{block.bold, "bold"}, std::pair{block.italic, "italic"},
                                  std::pair{block.centered, "center"}}) {
    if (set) classes += (classes.empty() ? "" : " ") + std::string(name);
  }
  add_element(out, classes.empty() ? "<p>" : "<p class=\"" + classes + "\">", block.text, "</p>\n");
}

void add_fields(std::string& out, const SheetBlock& block) {
  out += "<dl>\n";
  for (const SheetBlock::Field& field : block.fields) {
    add_element(out, "<dt>", field.label, ":</dt>");
    add_element(out, "<dd>", field.text, "</dd>\n");
  }
  out += "</dl>\n";
}

// The widths of the columns of a table, in whole percents.
std::vector<int> widths_of(const SheetBlock& block) {
  double sum = 0;
  for (const Column& column : block.columns) sum += column.share;
  std::vector<int> widths;
  for (const Column& column : block.columns) widths.push_back(static_cast<int>(100 * column.share / sum));
  return widths;
}

// A rule for each width that is used: the policy of a page knows its style sheet, and no style in an element.
void add_widths(std::string& out, const std::vector<SheetBlock>& blocks) {
  std::set<int> used;
  for (const SheetBlock& block : blocks) {
    const std::vector<int> widths = widths_of(block);
    used.insert(widths.begin(), widths.end());
  }
  for (const int width : used) {
    const std::string number = std::to_string(width);
    out += ".w" + number + "{width:" + number + "%}\n";
  }
}

void add_table(std::string& out, const SheetBlock& block) {
  out += "<table>\n<colgroup>";
  for (const int width : widths_of(block)) out += "<col class=\"w" + std::to_string(width) + "\"/>";
  out += "</colgroup>\n<thead><tr>";
  for (const Column& column : block.columns) add_element(out, "<th scope=\"col\">", column.head, "</th>");
  out += "</tr></thead>\n<tbody>\n";
  for (const std::vector<std::string>& row : block.rows) {
    out += "<tr>";
    for (std::size_t i = 0; i < row.size(); ++i) {
      const bool centered = block.columns[i].align == Align::center;
      add_element(out, centered ? "<td class=\"center\">" : "<td>", row[i], "</td>");
    }
    out += "</tr>\n";
  }
  out += "</tbody>\n</table>\n";
}

void add_signatures(std::string& out, const SheetBlock& block) {
  out += "<section class=\"signatures\">\n";
  for (const SheetBlock::Field& part : block.fields) {
    add_element(out, "<div><p class=\"bold\">", part.label, "</p>");
    if (!part.text.empty()) add_element(out, "<p class=\"italic\">", part.text, "</p>");
    out += "</div>\n";
  }
  out += "</section>\n";
}

void add_block(std::string& out, const SheetBlock& block) {
  switch (block.kind) {
    case SheetBlock::Kind::heading:
      return add_heading(out, block);
    case SheetBlock::Kind::code:
      return add_code(out, block);
    case SheetBlock::Kind::title:
      return add_element(out, "<h1>", block.text, "</h1>\n");
    case SheetBlock::Kind::text:
      return add_text(out, block);
    case SheetBlock::Kind::fields:
      return add_fields(out, block);
    case SheetBlock::Kind::table:
      return add_table(out, block);
    case SheetBlock::Kind::signatures:
      return add_signatures(out, block);
  }
}

}  // namespace

std::string escaped_html(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '"') {
      out += "&quot;";
    } else if (c == '\'') {
      out += "&#39;";
    } else if ((byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7F) {
      out += "\xEF\xBF\xBD";
    } else {
      out += c;
    }
  }
  return out;
}

std::string sheet_html(const Sheet& sheet) {
  std::string out =
      "<!DOCTYPE html>\n<html lang=\"vi\" xmlns=\"http://www.w3.org/1999/xhtml\">\n<head>\n<meta "
      "charset=\"utf-8\"/>\n"
      "<meta name=\"viewport\" content=\"width=device-width\"/>\n";
  add_element(out, "<title>", sheet.title, "</title>\n<style>");
  out += kStyle;
  add_widths(out, sheet.blocks);
  out += sheet.orientation == Orientation::landscape ? "</style>\n</head>\n<body class=\"wide\">\n<main>\n"
                                                     : "</style>\n</head>\n<body>\n<main>\n";
  for (const SheetBlock& block : sheet.blocks) add_block(out, block);
  out += "</main>\n";
  if (!sheet.footer.empty()) add_element(out, "<footer>", sheet.footer, "</footer>\n");
  out += "</body>\n</html>\n";
  return out;
}

}  // namespace motcua::print
