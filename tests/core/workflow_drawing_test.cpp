#include "engine/core/workflow_drawing.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "engine/core/workflow_layout.h"
#include "tests/support/dossier_case.h"

namespace motcua::core {
namespace {

StepDefinition drawn_step(std::string_view key, std::vector<StepEdge> next = {}) {
  StepDefinition made;
  made.key = Code(key);
  made.name = "Bước " + std::string(key);
  made.role = Code("handling_officer");
  made.next = std::move(next);
  return made;
}

StepEdge drawn_edge(std::string_view when, std::vector<Code> to) {
  StepEdge made;
  ConditionFault fault;
  if (!when.empty()) made.when = parse_condition(when, fault);
  made.to = std::move(to);
  return made;
}

// A fork of two that joins, an edge past the join, and a way back.
Procedure forked() {
  Procedure procedure;
  procedure.code = Code("1.000001");
  procedure.name = "Cấp giấy <thử> & \"nghiệm\"";
  procedure.consultations = {{Code("thue"), "Thuế", {Code("T01")}, std::nullopt, {}, ""}};
  procedure.steps = {
      drawn_step("start", {drawn_edge("area > 5 and area < 9", {Code("a"), Code("b")}),
                           drawn_edge("", {Code("end")})}),
      drawn_step("a", {drawn_edge("", {Code("join")})}), drawn_step("b"),
      drawn_step("join", {drawn_edge("urgent", {Code("start")}), drawn_edge("", {Code("end")})}),
      drawn_step("end")};
  procedure.steps[0].budget = test::working_days(3);
  procedure.steps[2].consultation = Code("thue");
  procedure.steps[3].join = true;
  procedure.steps[4].at_receiving = true;
  return procedure;
}

std::size_t count(const std::string& text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

TEST(WorkflowLayout, PutsEachStepBelowAllThatLeadToItAndNoBoxOnAnother) {
  const WorkflowLayout layout = lay_out(forked());
  const auto& boxes = layout.boxes;
  ASSERT_EQ(boxes.size(), 5u);
  EXPECT_LT(boxes[0].top, boxes[1].top);
  EXPECT_EQ(boxes[1].top, boxes[2].top);
  EXPECT_LT(boxes[1].top, boxes[3].top);
  EXPECT_LT(boxes[3].top, boxes[4].top);
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    EXPECT_GE(boxes[i].left, 0);
    EXPECT_LE(boxes[i].left + kBoxWidth, layout.width);
    EXPECT_LE(boxes[i].top + boxes[i].height, layout.height);
    for (std::size_t j = 0; j < i; ++j) {
      const bool apart =
          boxes[i].left + kBoxWidth <= boxes[j].left || boxes[j].left + kBoxWidth <= boxes[i].left ||
          boxes[i].top + boxes[i].height <= boxes[j].top || boxes[j].top + boxes[j].height <= boxes[i].top;
      EXPECT_TRUE(apart) << i << " and " << j;
    }
  }
}

TEST(WorkflowLayout, KeepsEveryBoxInTheLaneOfItsAgency) {
  const WorkflowLayout layout = lay_out(forked());
  ASSERT_EQ(layout.lanes.size(), 3u);
  const std::size_t lane_of[] = {1, 1, 2, 1, 0};
  for (std::size_t i = 0; i < layout.boxes.size(); ++i) {
    const WorkflowLayout::Lane& lane = layout.lanes[lane_of[i]];
    EXPECT_GE(layout.boxes[i].left, lane.left) << i;
    EXPECT_LE(layout.boxes[i].left + kBoxWidth, lane.left + lane.width) << i;
  }
}

TEST(WorkflowLayout, HasAnArrowForEachWayFromBoxToBox) {
  const WorkflowLayout layout = lay_out(forked());
  EXPECT_EQ(layout.arrows.size(), 7u);
  int back = 0;
  for (const WorkflowLayout::Arrow& arrow : layout.arrows) {
    back += arrow.back ? 1 : 0;
    const auto on_edge = [&](WorkflowLayout::Point point, bool top) {
      return std::any_of(layout.boxes.begin(), layout.boxes.end(), [&](const WorkflowLayout::Box& box) {
        return point.x >= box.left && point.x <= box.left + kBoxWidth &&
               point.y == (top ? box.top : box.top + box.height);
      });
    };
    EXPECT_TRUE(on_edge(arrow.points.front(), false));
    EXPECT_TRUE(on_edge(arrow.points.back(), true));
  }
  EXPECT_EQ(back, 1);
}

// Three ways from one step, two of them forks, come to the same boxes.
TEST(WorkflowLayout, PutsNoConditionOnAnotherNorOnABox) {
  Procedure procedure = forked();
  procedure.steps[0].next = {
      drawn_edge("area > 5 and area < 9 and urgent or area > 100", {Code("a"), Code("b")}),
      drawn_edge("area > 12 and not urgent", {Code("a")}), drawn_edge("", {Code("a"), Code("b")})};
  const WorkflowLayout layout = lay_out(procedure);
  struct Area {
    int left, right, top, bottom;
  };
  std::vector<Area> areas;
  for (const WorkflowLayout::Box& box : layout.boxes) {
    areas.push_back({box.left, box.left + kBoxWidth, box.top, box.top + box.height});
  }
  const std::size_t boxes = areas.size();
  for (const WorkflowLayout::Arrow& arrow : layout.arrows) {
    int half = 0;
    for (const std::string& line : arrow.label) {
      half = std::max(half, static_cast<int>(characters_of(line)) * 6 / 2);
    }
    if (half == 0) continue;
    const int top = arrow.label_at.y - kLineHeight + 3;
    areas.push_back({arrow.label_at.x - half, arrow.label_at.x + half, top,
                     top + static_cast<int>(arrow.label.size()) * kLineHeight});
  }
  ASSERT_EQ(areas.size(), boxes + 7);
  for (std::size_t i = boxes; i < areas.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const bool apart = areas[i].right <= areas[j].left || areas[j].right <= areas[i].left ||
                         areas[i].bottom <= areas[j].top || areas[j].bottom <= areas[i].top;
      EXPECT_TRUE(apart) << i << " and " << j;
    }
  }
}

TEST(WorkflowLayout, BreaksTextsBetweenWordsByCharacters) {
  EXPECT_EQ(in_lines("Kiểm tra hồ sơ", 8), (std::vector<std::string>{"Kiểm tra", "hồ sơ"}));
  EXPECT_EQ(in_lines("Nghiêncứu", 3), (std::vector<std::string>{"Nghiêncứu"}));
  EXPECT_TRUE(in_lines("", 8).empty());
}

TEST(WorkflowDrawing, ShowsStepsConditionsForksAndJoins) {
  const std::string svg = draw_workflow(forked());
  EXPECT_TRUE(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""));
  EXPECT_TRUE(svg.ends_with("</svg>\n"));
  EXPECT_EQ(count(svg, "<polyline"), 7u);
  EXPECT_EQ(count(svg, "class=\"bar\""), 2u);
  EXPECT_EQ(count(svg, "way back"), 1u);
  EXPECT_EQ(count(svg, ">Bước start<"), 1u);
  EXPECT_EQ(count(svg, ">3 ngày làm việc<"), 1u);
  EXPECT_EQ(count(svg, ">Cơ quan được lấy ý kiến<"), 1u);
  EXPECT_EQ(count(svg, ">area &gt; 5 and area &lt; 9<"), 2u);
  EXPECT_EQ(count(svg, ">urgent<"), 1u);
  EXPECT_EQ(count(svg, ">còn lại<"), 2u);
  EXPECT_NE(svg.find("Cấp giấy &lt;thử&gt; &amp; &quot;nghiệm&quot;"), std::string::npos);
}

TEST(WorkflowDrawing, OfStepsInOrderIsOneLine) {
  test::DossierCase one;
  const std::string svg = draw_workflow(one.procedure);
  EXPECT_EQ(count(svg, "<polyline"), 2u);
  EXPECT_EQ(count(svg, "class=\"condition\""), 0u);
}

}  // namespace
}  // namespace motcua::core
