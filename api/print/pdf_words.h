#pragma once

#include <cairo.h>
#include <pango/pango.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "api/print/pdf.h"

// Words that were shaped once. A long table says the same words over and over, and shaping is most of what a
// text costs; lines are made of them here, where that is plain, and by Pango in all other cases. Only
// pdf_block.cpp includes this.
namespace motcua::print {

// A word with the blank behind it, in the font of its style.
struct ShapedWord {
  bool plain = false;  // false: of several fonts or directions, or with a blank that is not one glyph
  double width = 0;    // without the blank
  double blank = 0;
  std::string text;
  std::vector<cairo_glyph_t> glyphs;  // from the start of the word
  std::vector<cairo_text_cluster_t> clusters;
};

struct WordLine {
  double width = 0;
  std::vector<std::shared_ptr<const ShapedWord>> words;
};

// The words of one style. `layout` has its font and no width, and belongs to who keeps this.
class WordSetter {
 public:
  explicit WordSetter(PangoLayout* layout);
  WordSetter(const WordSetter&) = delete;
  WordSetter& operator=(const WordSetter&) = delete;
  ~WordSetter();

  // The text in lines of at most this width; nothing when Pango has to lay it out.
  std::optional<std::vector<WordLine>> lines_of(std::string_view text, double width);
  double line_height() const { return height_; }
  double baseline() const { return baseline_; }
  void draw(cairo_t* on, const WordLine& line, double x, double baseline) const;

 private:
  const std::shared_ptr<const ShapedWord>& word(std::string_view text);
  ShapedWord shape(std::string text);

  PangoLayout* layout_;
  PangoFont* font_ = nullptr;  // of the style; words in another are not plain
  double height_ = 0, baseline_ = 0;
  std::unordered_map<std::string, std::shared_ptr<const ShapedWord>> words_;
};

}  // namespace motcua::print
