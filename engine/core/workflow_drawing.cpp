#include "engine/core/workflow_drawing.h"

#include <algorithm>
#include <initializer_list>
#include <iterator>
#include <utility>

#include "engine/core/workflow_layout.h"

namespace motcua::core {
namespace {

using Point = WorkflowLayout::Point;

std::string escaped(std::string_view text) {
  static constexpr std::pair<char, std::string_view> kEscapes[] = {
      {'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}};
  std::string safe;
  for (const char c : text) {
    const auto escape = std::find_if(std::begin(kEscapes), std::end(kEscapes),
                                     [c](const auto& one) { return one.first == c; });
    if (escape == std::end(kEscapes)) {
      safe += c;
    } else {
      safe += escape->second;
    }
  }
  return safe;
}

std::string number(int value) { return std::to_string(value); }

// Attributes by name, in pairs.
std::string attributes(std::initializer_list<std::pair<const char*, int>> pairs) {
  std::string text;
  for (const auto& [name, value] : pairs) text += " " + std::string(name) + "=\"" + number(value) + "\"";
  return text;
}

std::string line_of_text(Point at, std::string_view kind, std::string_view text) {
  return "<text class=\"" + std::string(kind) + "\"" + attributes({{"x", at.x}, {"y", at.y}}) + ">" +
         escaped(text) + "</text>\n";
}

std::string bar(int left, int top) {
  return "<rect class=\"bar\"" + attributes({{"x", left}, {"y", top}, {"width", kBoxWidth}, {"height", 5}}) +
         "/>\n";
}

std::string draw(const WorkflowLayout::Box& box) {
  std::string svg =
      "<rect class=\"step " + std::string(word_of(box.place)) + "\"" +
      attributes({{"x", box.left}, {"y", box.top}, {"width", kBoxWidth}, {"height", box.height}, {"rx", 6}}) +
      "/>\n";
  Point at{box.left + kBoxWidth / 2, box.top + 8 + kLineHeight - 3};
  for (const std::string& line : box.name) {
    svg += line_of_text(at, "name", line);
    at.y += kLineHeight;
  }
  for (const std::string& line : box.details) {
    svg += line_of_text(at, "detail", line);
    at.y += kLineHeight;
  }
  if (box.joins) svg += bar(box.left, box.top - 2);
  if (box.forks) svg += bar(box.left, box.top + box.height - 3);
  return svg;
}

std::string draw_line(const WorkflowLayout::Arrow& arrow) {
  std::string points;
  for (const Point point : arrow.points) points += number(point.x) + "," + number(point.y) + " ";
  points.pop_back();
  return "<polyline class=\"way" + std::string(arrow.back ? " back" : "") + "\" points=\"" + points +
         "\" marker-end=\"url(#head)\"/>\n";
}

// The condition stands on a white ground, so that no line runs through it.
std::string draw_label(const WorkflowLayout::Arrow& arrow) {
  if (arrow.label.empty()) return "";
  constexpr int kCharacter = 7;
  std::size_t longest = 0;
  for (const std::string& line : arrow.label) longest = std::max(longest, characters_of(line));
  const int width = std::min(static_cast<int>(longest) * kCharacter + 6, 184);
  const int height = static_cast<int>(arrow.label.size()) * kLineHeight + 2;
  std::string svg = "<rect class=\"ground\"" +
                    attributes({{"x", arrow.label_at.x - width / 2},
                                {"y", arrow.label_at.y - kLineHeight + 3},
                                {"width", width},
                                {"height", height}}) +
                    "/>\n";
  Point at = arrow.label_at;
  for (const std::string& line : arrow.label) {
    svg += line_of_text(at, "condition", line);
    at.y += kLineHeight;
  }
  return svg;
}

constexpr const char* kStyle =
    "<style>\n"
    "text { font-family: \"DejaVu Sans\", \"Noto Sans\", Arial, sans-serif; text-anchor: middle; fill: "
    "#1b1b1b; }\n"
    ".title { font-size: 16px; font-weight: bold; text-anchor: start; }\n"
    ".lane { font-size: 13px; font-weight: bold; }\n"
    ".name { font-size: 12px; font-weight: bold; }\n"
    ".detail { font-size: 11px; }\n"
    ".condition { font-size: 11px; fill: #5a2a00; }\n"
    ".track { fill: none; stroke: #c8c8c8; }\n"
    ".step { stroke: #3c3c3c; }\n"
    ".receiving { fill: #dcecff; }\n"
    ".competent { fill: #e7f6e1; }\n"
    ".consulted { fill: #fdf0d0; }\n"
    ".bar { fill: #1b1b1b; }\n"
    ".ground { fill: #ffffff; }\n"
    ".way { fill: none; stroke: #3c3c3c; stroke-width: 1.3; }\n"
    ".back { stroke-dasharray: 5 4; }\n"
    "</style>\n"
    "<defs><marker id=\"head\" markerWidth=\"9\" markerHeight=\"8\" refX=\"8\" refY=\"4\" orient=\"auto\">"
    "<path d=\"M0,0 L9,4 L0,8 z\" fill=\"#3c3c3c\"/></marker></defs>\n";

}  // namespace

std::string draw_workflow(const Procedure& procedure) {
  const WorkflowLayout layout = lay_out(procedure);
  const std::string title = procedure.code.text + " " + procedure.name;
  std::string svg = "<svg xmlns=\"http://www.w3.org/2000/svg\"" +
                    attributes({{"width", layout.width}, {"height", layout.height}}) + " viewBox=\"0 0 " +
                    number(layout.width) + " " + number(layout.height) + "\">\n<title>" + escaped(title) +
                    "</title>\n" + kStyle + "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n";
  const auto lines = in_lines(title, static_cast<std::size_t>(layout.width) / 10);
  svg += line_of_text({20, 28}, "title", lines.size() > 1 ? lines.front() + " …" : title);
  for (const WorkflowLayout::Lane& lane : layout.lanes) {
    svg += "<rect class=\"track\"" +
           attributes({{"x", lane.left}, {"y", 42}, {"width", lane.width}, {"height", layout.height - 52}}) +
           "/>\n";
    svg += line_of_text({lane.left + lane.width / 2, 62}, "lane", lane.title);
  }
  for (const WorkflowLayout::Arrow& arrow : layout.arrows) svg += draw_line(arrow);
  for (const WorkflowLayout::Box& box : layout.boxes) svg += draw(box);
  for (const WorkflowLayout::Arrow& arrow : layout.arrows) svg += draw_label(arrow);
  return svg + "</svg>\n";
}

}  // namespace motcua::core
