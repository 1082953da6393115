#pragma once

#include <cairo.h>
#include <pango/pango.h>

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "api/print/pdf.h"
#include "api/print/pdf_words.h"

// What stands on a page of a Pdf. Only pdf.cpp includes this.
namespace motcua::print {

struct Release {
  void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
  void operator()(cairo_t* context) const { cairo_destroy(context); }
  void operator()(cairo_font_options_t* options) const { cairo_font_options_destroy(options); }
  void operator()(PangoLayout* layout) const { g_object_unref(layout); }
  void operator()(PangoLayoutIter* lines) const { pango_layout_iter_free(lines); }
  void operator()(PangoFontDescription* font) const { pango_font_description_free(font); }
};
template <class T>
using Owned = std::unique_ptr<T, Release>;

inline double in_points(int pango_units) { return static_cast<double>(pango_units) / PANGO_SCALE; }

// What shapes the words of each style that a document uses.
class Typesetter {
 public:
  Typesetter(cairo_t* on, std::string families) : on_(on), families_(std::move(families)) {}
  WordSetter& words(const TextStyle& style);
  const std::string& families() const { return families_; }
  cairo_t* on() const { return on_; }

 private:
  struct Style {
    TextStyle style;
    Owned<PangoLayout> layout;
    std::unique_ptr<WordSetter> words;
  };
  cairo_t* on_;
  std::string families_;
  std::vector<Style> styles_;
};

// A text in the lines that its width makes of it, or a code. Kept and filled again, as a layout costs more
// than its text.
class Block {
 public:
  double x = 0;  // on the page
  double width = 0;

  // `pad` is left free at both sides.
  void fill(Typesetter& typesetter, const Cell& cell, double pad);
  double height() const { return height_; }
  // The whole, with its upper left corner (inside the pad) there.
  void draw(cairo_t* on, double pad, double y) const;

  // A line, where it stands in the block.
  struct Line {
    PangoLayoutLine* laid;  // of this block, until it is filled again; or:
    const WordLine* set;
    double x, top, bottom, baseline;
  };
  std::vector<Line> lines() const;  // none of a code
  void draw_line(cairo_t* on, const Line& line, double left, double baseline) const;

 private:
  void draw_code(cairo_t* on, double left, double y) const;
  void lay_out(Typesetter& typesetter);

  std::vector<WordLine> set_;    // the text, unless it is laid out
  WordSetter* words_ = nullptr;  // of set_; nothing: it is laid out
  Owned<PangoLayout> layout_;
  std::optional<TextStyle> laid_style_;  // of the layout
  std::string text_;
  double inner_ = -1;  // the width that it was filled for
  TextStyle style_;
  const QrCode* code_ = nullptr;
  double code_side_ = 0;
  double height_ = 0;
};

double height_of(const std::vector<Block>& blocks);
// Makes blocks for columns of these shares, one after another from `left` on.
void place_columns(std::vector<Block>& blocks, std::span<const double> shares, double left, double width);

}  // namespace motcua::print
