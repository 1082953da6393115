#include "api/print/pdf_words.h"

#include <pango/pangocairo.h>

#include <algorithm>

#include "api/print/pdf_block.h"

namespace motcua::print {
namespace {

constexpr std::size_t kWordsKept = 20'000;  // some 10 MB

}  // namespace

WordSetter::WordSetter(PangoLayout* layout) : layout_(layout) {
  pango_layout_set_text(layout_, "0", -1);
  const PangoLayoutLine* line = pango_layout_get_line_readonly(layout_, 0);
  if (line != nullptr && line->runs != nullptr) {
    font_ = static_cast<PangoGlyphItem*>(line->runs->data)->item->analysis.font;
    g_object_ref(font_);
  }
  int height = 0;
  pango_layout_get_size(layout_, nullptr, &height);
  height_ = in_points(height);
  baseline_ = in_points(pango_layout_get_baseline(layout_));
}

WordSetter::~WordSetter() {
  if (font_ != nullptr) g_object_unref(font_);
}

std::optional<std::vector<WordLine>> WordSetter::lines_of(std::string_view text, double width) {
  std::vector<WordLine> lines(1);
  double end = 0;  // of the last word, with its blank
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t stop = std::min(text.find_first_of(" \n", at), text.size());
    const auto& next = word(text.substr(at, stop - at));
    if (!next->plain || next->width > width) return std::nullopt;
    if (end + next->width > width && !lines.back().words.empty()) {
      lines.emplace_back();
      end = 0;
    }
    lines.back().words.push_back(next);
    lines.back().width = end + next->width;
    end += next->width + next->blank;
    if (stop < text.size() && text[stop] == '\n') {
      lines.emplace_back();
      end = 0;
    }
    at = stop + 1;
  }
  return lines;
}

void WordSetter::draw(cairo_t* on, const WordLine& line, double x, double baseline) const {
  std::string text;
  std::vector<cairo_glyph_t> glyphs;
  std::vector<cairo_text_cluster_t> clusters;
  for (const auto& word : line.words) {
    for (cairo_glyph_t glyph : word->glyphs) {
      glyph.x += x;
      glyph.y += baseline;
      glyphs.push_back(glyph);
    }
    clusters.insert(clusters.end(), word->clusters.begin(), word->clusters.end());
    text += word->text;
    x += word->width + word->blank;
  }
  if (glyphs.size() < 2) return;  // nothing but the blank
  glyphs.pop_back();
  clusters.pop_back();
  text.pop_back();
  cairo_set_scaled_font(on, pango_cairo_font_get_scaled_font(PANGO_CAIRO_FONT(font_)));
  cairo_show_text_glyphs(on, text.data(), static_cast<int>(text.size()), glyphs.data(),
                         static_cast<int>(glyphs.size()), clusters.data(), static_cast<int>(clusters.size()),
                         static_cast<cairo_text_cluster_flags_t>(0));
}

const std::shared_ptr<const ShapedWord>& WordSetter::word(std::string_view text) {
  std::string key(text);
  const auto found = words_.find(key);
  if (found != words_.end()) return found->second;
  if (words_.size() >= kWordsKept) words_.clear();  // lines keep what they are made of
  auto shaped = std::make_shared<const ShapedWord>(shape(key));
  return words_.emplace(std::move(key), std::move(shaped)).first->second;
}

ShapedWord WordSetter::shape(std::string text) {
  ShapedWord word;
  const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (std::ranges::any_of(text, control)) return word;
  text += ' ';
  pango_layout_set_text(layout_, text.data(), static_cast<int>(text.size()));
  const PangoLayoutLine* line = pango_layout_get_line_readonly(layout_, 0);
  if (pango_layout_get_line_count(layout_) != 1 || line->runs == nullptr || line->runs->next != nullptr) {
    return word;
  }
  const auto& run = *static_cast<PangoGlyphItem*>(line->runs->data);
  if (run.item->analysis.font != font_ || run.item->analysis.level % 2 != 0) return word;
  double x = 0;
  for (int i = 0; i < run.glyphs->num_glyphs; ++i) {
    const PangoGlyphInfo& glyph = run.glyphs->glyphs[i];
    if (glyph.glyph == PANGO_GLYPH_EMPTY || (glyph.glyph & PANGO_GLYPH_UNKNOWN_FLAG) != 0) return word;
    const int from = run.glyphs->log_clusters[i];
    const bool same = i > 0 && from == run.glyphs->log_clusters[i - 1];
    if (!same) {
      if (!word.clusters.empty()) word.clusters.back().num_bytes += from;  // it held minus its start
      word.clusters.push_back({-from, 0});
    }
    ++word.clusters.back().num_glyphs;
    word.glyphs.push_back(
        {glyph.glyph, x + in_points(glyph.geometry.x_offset), in_points(glyph.geometry.y_offset)});
    word.blank = in_points(glyph.geometry.width);
    x += word.blank;
  }
  word.clusters.back().num_bytes += static_cast<int>(text.size());
  word.width = x - word.blank;
  word.plain = word.clusters.back().num_bytes == 1 && word.clusters.back().num_glyphs == 1;
  word.text = std::move(text);
  return word;
}

}  // namespace motcua::print
