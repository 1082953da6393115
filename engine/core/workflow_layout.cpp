#include "engine/core/workflow_layout.h"

#include <algorithm>
#include <array>

namespace motcua::core {
namespace {

using Box = WorkflowLayout::Box;
using Arrow = WorkflowLayout::Arrow;
using Point = WorkflowLayout::Point;

constexpr int kMargin = 20;
constexpr int kHeadHeight = 70;  // title, and the names of the lanes
constexpr int kBoxGap = 40;
constexpr int kTrack = 24;        // of an arrow beside the lanes
constexpr int kLabelTrack = 190;  // of one with a condition
constexpr std::size_t kNameLine = 25;
constexpr std::size_t kLabelLine = 25;
constexpr int kLabelShift = 25;  // of a condition beside the middle of its box
constexpr int kArrowRoom = 62;   // between two rows, without the lines of a condition
constexpr int kBesideRoom = 20;  // of it, for arrows that go beside the lanes

std::string_view in_vietnamese(LimitUnit unit) {
  switch (unit) {
    case LimitUnit::working_hour:
      return "giờ làm việc";
    case LimitUnit::working_day:
      return "ngày làm việc";
    case LimitUnit::calendar_day:
      return "ngày";
    case LimitUnit::month:
      return "tháng";
    case LimitUnit::hour:
      return "giờ";
    case LimitUnit::immediate:
      return "giải quyết ngay";
    case LimitUnit::by_cutoff:
    case LimitUnit::unspecified:
      return "không quy định";
  }
  return "";
}

std::string role_in_vietnamese(const Code& role) {
  if (role.text == "handling_officer") return "Công chức thụ lý";
  if (role.text == "unit_head") return "Lãnh đạo phòng";
  if (role.text == "agency_head") return "Lãnh đạo cơ quan";
  if (role.text == "counter_officer") return "Bộ phận Một cửa";
  return role.text;
}

std::string lane_title(StepPlace place) {
  switch (place) {
    case StepPlace::receiving:
      return "Cơ quan tiếp nhận";
    case StepPlace::competent:
      return "Cơ quan giải quyết";
    case StepPlace::consulted:
      return "Cơ quan được lấy ý kiến";
  }
  return "";
}

// A way from one step to another, by their places.
struct Way {
  std::size_t from = 0;
  std::size_t to = 0;
  std::string label;
};

class Layout {
 public:
  explicit Layout(const Procedure& procedure) : procedure_(procedure) {}

  WorkflowLayout make() {
    find_ways();
    find_rows();
    fill_boxes();
    place_rows();
    place_lanes();
    draw_direct();
    draw_beside();
    return std::move(made_);
  }

 private:
  void find_ways() {
    const auto& steps = procedure_.steps;
    for (std::size_t i = 0; i < steps.size(); ++i) {
      if (steps[i].next.empty() && i + 1 < steps.size()) ways_.push_back({i, i + 1, ""});
      for (const StepEdge& edge : steps[i].next) {
        // An else that is the only edge says nothing.
        const std::string label = edge.when ? edge.when->text : steps[i].next.size() > 1 ? "còn lại" : "";
        for (const Code& to : edge.to) ways_.push_back({i, *procedure_.place_of(to), label});
      }
    }
  }

  // A step stands below all that lead to it from earlier in the file.
  void find_rows() {
    rows_.assign(procedure_.steps.size(), 0);
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      for (const Way& way : ways_) {
        if (way.to == i && way.from < i) rows_[i] = std::max(rows_[i], rows_[way.from] + 1);
      }
    }
    row_count_ = 1 + *std::max_element(rows_.begin(), rows_.end());
  }

  void fill_boxes() {
    for (const StepDefinition& step : procedure_.steps) {
      Box box;
      box.name = in_lines(step.name, kNameLine);
      box.details.push_back(role_in_vietnamese(step.role));
      if (step.budget) {
        box.details.push_back(std::to_string(step.budget->value) + " " +
                              std::string(in_vietnamese(step.budget->unit)));
      }
      if (const auto* consultation = procedure_.consultation(step.consultation)) {
        for (std::string& line : in_lines(consultation->name, kNameLine)) {
          box.details.push_back(std::move(line));
        }
      }
      box.place = step.place();
      box.joins = step.join;
      box.forks = std::any_of(step.next.begin(), step.next.end(),
                              [](const StepEdge& edge) { return edge.to.size() > 1; });
      made_.boxes.push_back(std::move(box));
    }
    for (std::size_t row = 0; row < row_count_; ++row) {
      std::size_t lines = 0;
      for (std::size_t i = 0; i < rows_.size(); ++i) {
        const Box& box = made_.boxes[i];
        if (rows_[i] == row) lines = std::max(lines, box.name.size() + box.details.size());
      }
      for (std::size_t i = 0; i < rows_.size(); ++i) {
        if (rows_[i] == row) made_.boxes[i].height = static_cast<int>(lines) * kLineHeight + 16;
      }
    }
  }

  bool is_direct(const Way& way) const { return way.from < way.to && rows_[way.to] == rows_[way.from] + 1; }

  // The conditions of direct arrows stand above the box to which they lead, each below the one before it: how
  // many lines there are, up to those of one way.
  std::size_t condition_lines(std::size_t step, const Way* up_to = nullptr) const {
    std::size_t lines = 0;
    for (const Way& way : ways_) {
      if (&way == up_to) break;
      if (way.to == step && is_direct(way)) lines += in_lines(way.label, kLabelLine).size();
    }
    return lines;
  }

  // The room below a row holds the conditions above the fullest box of the next.
  void place_rows() {
    std::vector<int> tops;
    int y = kHeadHeight + kMargin;
    for (std::size_t row = 0; row < row_count_; ++row) {
      tops.push_back(y);
      std::size_t lines = 0;
      for (std::size_t i = 0; i < rows_.size(); ++i) {
        if (rows_[i] == row + 1) lines = std::max(lines, condition_lines(i));
      }
      int height = 0;
      for (std::size_t i = 0; i < rows_.size(); ++i) {
        if (rows_[i] == row) height = std::max(height, made_.boxes[i].height);
      }
      y += height + kArrowRoom + static_cast<int>(lines) * kLineHeight;
    }
    made_.height = y;
    for (std::size_t i = 0; i < rows_.size(); ++i) made_.boxes[i].top = tops[rows_[i]];
  }

  void place_lanes() {
    int left = kMargin;
    for (const Way& way : ways_) {
      if (way.from >= way.to) left += track_of(way);
    }
    for (const StepPlace place : {StepPlace::receiving, StepPlace::competent, StepPlace::consulted}) {
      std::vector<int> in_row(row_count_, 0);
      for (std::size_t i = 0; i < rows_.size(); ++i)
        in_row[rows_[i]] += made_.boxes[i].place == place ? 1 : 0;
      const int most = *std::max_element(in_row.begin(), in_row.end());
      if (most == 0) continue;
      const int width = most * (kBoxWidth + kBoxGap);
      std::vector<int> placed(row_count_, 0);
      for (std::size_t i = 0; i < rows_.size(); ++i) {
        if (made_.boxes[i].place != place) continue;
        const int slot = width / in_row[rows_[i]];
        made_.boxes[i].left = left + slot * placed[rows_[i]]++ + (slot - kBoxWidth) / 2;
      }
      made_.lanes.push_back({lane_title(place), left, width});
      left += width;
    }
    right_ = left;
  }

  static int track_of(const Way& way) { return way.label.empty() ? kTrack : kLabelTrack; }

  // Where an arrow leaves or enters a box: those of one box share its edge evenly.
  int port(std::size_t step, const Way& way, bool leaving) const {
    int count = 0;
    int own = 0;
    for (const Way& other : ways_) {
      if (!is_direct(other) || (leaving ? other.from : other.to) != step) continue;
      ++count;
      if (&other == &way) own = count;
    }
    return made_.boxes[step].left + kBoxWidth * own / (count + 1);
  }

  void draw_direct() {
    for (const Way& way : ways_) {
      if (!is_direct(way)) continue;
      const Box& source = made_.boxes[way.from];
      const Point from{port(way.from, way, true), source.top + source.height};
      const Point to{port(way.to, way, false), made_.boxes[way.to].top};
      Arrow arrow;
      arrow.label = in_lines(way.label, kLabelLine);
      // Arrows of neighbours turn at different heights, below those that go beside the lanes.
      const int turn = from.y + kBesideRoom + 5 * static_cast<int>(way.from % 3);
      arrow.points = {from, {from.x, turn}, {to.x, turn}, to};
      if (from.x == to.x) arrow.points = {from, to};
      // Near its arrow, and so near the middle of the box that it meets none of the neighbour's.
      const int middle = made_.boxes[way.to].left + kBoxWidth / 2;
      const int above = static_cast<int>(condition_lines(way.to, &way));
      arrow.label_at = {std::clamp(to.x, middle - kLabelShift, middle + kLabelShift),
                        from.y + kBesideRoom + 12 + kLineHeight * (1 + above)};
      made_.arrows.push_back(std::move(arrow));
    }
  }

  void draw_beside() {
    int left = kMargin;
    for (const Way& way : ways_) {
      if (is_direct(way)) continue;
      const bool back = way.from >= way.to;
      const Box& from = made_.boxes[way.from];
      const Box& to = made_.boxes[way.to];
      const int track = back ? left : right_;
      (back ? left : right_) += track_of(way);
      const int x = back ? track + track_of(way) - 8 : track + 8;
      // Out below the box and in above the other, so that no arrow runs through a box of the same row.
      const int out = from.top + from.height + 4 + 3 * static_cast<int>(way.to % 5);
      const int in = to.top - 10 - 3 * static_cast<int>(way.from % 3);
      const int out_x = from.left + (back ? 12 : kBoxWidth - 12);
      const int in_x = to.left + (back ? 12 : kBoxWidth - 12);
      Arrow arrow;
      arrow.back = back;
      arrow.label = in_lines(way.label, kLabelLine);
      arrow.points = {
          {out_x, from.top + from.height}, {out_x, out}, {x, out}, {x, in}, {in_x, in}, {in_x, to.top}};
      arrow.label_at = {back ? track + (kLabelTrack - 16) / 2 : track + 16 + (kLabelTrack - 16) / 2,
                        (out + in) / 2};
      made_.arrows.push_back(std::move(arrow));
    }
    made_.width = right_ + kMargin;
  }

  const Procedure& procedure_;
  WorkflowLayout made_;
  std::vector<Way> ways_;
  std::vector<std::size_t> rows_;  // of each step
  std::size_t row_count_ = 0;
  int right_ = 0;
};

}  // namespace

std::size_t characters_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

std::vector<std::string> in_lines(const std::string& text, std::size_t characters) {
  std::vector<std::string> lines;
  std::string line;
  std::size_t from = 0;
  while (from < text.size()) {
    const std::size_t end = std::min(text.find(' ', from), text.size());
    const std::string word = text.substr(from, end - from);
    from = end + 1;
    if (word.empty()) continue;
    if (!line.empty() && characters_of(line) + 1 + characters_of(word) > characters) {
      lines.push_back(std::move(line));
      line.clear();
    }
    line += (line.empty() ? "" : " ") + word;
  }
  if (!line.empty()) lines.push_back(std::move(line));
  return lines;
}

WorkflowLayout lay_out(const Procedure& procedure) { return Layout(procedure).make(); }

}  // namespace motcua::core
