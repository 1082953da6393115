#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/core/procedure.h"

namespace motcua::core {

// Where the picture of a workflow has its boxes and arrows, in pixels. What draws it needs no arithmetic.
struct WorkflowLayout {
  struct Point {
    int x = 0;
    int y = 0;
  };
  struct Lane {
    std::string title;
    int left = 0;
    int width = 0;
  };
  struct Box {
    int left = 0;
    int top = 0;
    int height = 0;                    // all of a row are as high as its fullest
    std::vector<std::string> name;     // in lines
    std::vector<std::string> details;  // who, how long
    StepPlace place = StepPlace::competent;
    bool forks = false;
    bool joins = false;
  };
  struct Arrow {
    std::vector<Point> points;
    bool back = false;
    std::vector<std::string> label;  // in lines
    Point label_at;                  // the middle of its first line
  };
  int width = 0;
  int height = 0;
  std::vector<Lane> lanes;
  std::vector<Box> boxes;
  std::vector<Arrow> arrows;
};

inline constexpr int kBoxWidth = 200;
inline constexpr int kLineHeight = 15;

WorkflowLayout lay_out(const Procedure& procedure);

// Of UTF-8.
std::size_t characters_of(std::string_view text);
// Breaks a text into lines of about so many characters (not bytes) between its words.
std::vector<std::string> in_lines(const std::string& text, std::size_t characters);

}  // namespace motcua::core
