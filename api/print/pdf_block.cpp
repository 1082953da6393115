#include "api/print/pdf_block.h"

#include <pango/pangocairo.h>

#include <algorithm>

namespace motcua::print {
namespace {

PangoAlignment pango_alignment(Align align) {
  switch (align) {
    case Align::left:
      return PANGO_ALIGN_LEFT;
    case Align::center:
      return PANGO_ALIGN_CENTER;
    case Align::right:
      return PANGO_ALIGN_RIGHT;
  }
  return PANGO_ALIGN_LEFT;
}

bool same_style(const TextStyle& a, const TextStyle& b) {
  return a.points == b.points && a.bold == b.bold && a.italic == b.italic && a.align == b.align;
}

PangoLayout* new_layout(cairo_t* on) {
  PangoLayout* layout = pango_cairo_create_layout(on);
  PangoContext* context = pango_layout_get_context(layout);
  pango_cairo_context_set_resolution(context, 72);  // a point is a point
  pango_context_set_round_glyph_positions(context, FALSE);
  pango_context_set_language(context, pango_language_from_string("vi"));
  pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
  // A number or a code that is cut must not get a hyphen that it does not have.
  PangoAttrList* attributes = pango_attr_list_new();
  pango_attr_list_insert(attributes, pango_attr_insert_hyphens_new(FALSE));
  pango_layout_set_attributes(layout, attributes);
  pango_attr_list_unref(attributes);
  pango_layout_context_changed(layout);
  return layout;
}

void set_style(PangoLayout* layout, const std::string& families, const TextStyle& style) {
  const Owned<PangoFontDescription> font(pango_font_description_new());
  pango_font_description_set_family(font.get(), families.c_str());
  pango_font_description_set_size(font.get(), static_cast<int>(style.points * PANGO_SCALE));
  pango_font_description_set_weight(font.get(), style.bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
  pango_font_description_set_style(font.get(), style.italic ? PANGO_STYLE_ITALIC : PANGO_STYLE_NORMAL);
  pango_layout_set_font_description(layout, font.get());
  pango_layout_set_alignment(layout, pango_alignment(style.align));
}

}  // namespace

WordSetter& Typesetter::words(const TextStyle& style) {
  for (Style& it : styles_) {
    if (it.style.points == style.points && it.style.bold == style.bold && it.style.italic == style.italic) {
      return *it.words;
    }
  }
  Style& added = styles_.emplace_back();
  added.style = style;
  added.layout.reset(new_layout(on_));
  TextStyle plain = style;
  plain.align = Align::left;
  set_style(added.layout.get(), families_, plain);
  added.words = std::make_unique<WordSetter>(added.layout.get());
  return *added.words;
}

void Block::fill(Typesetter& typesetter, const Cell& cell, double pad) {
  code_ = cell.code;
  if (code_ != nullptr) {
    style_ = cell.style;
    code_side_ = cell.code_side;
    height_ = cell.code_side;
    inner_ = -1;
    return;
  }
  const double inner = width - 2 * pad;
  const bool restyled = inner_ < 0 || !same_style(style_, cell.style);
  if (!restyled && text_ == cell.text && inner_ == inner) return;
  style_ = cell.style;
  text_ = cell.text;
  inner_ = inner;
  WordSetter& words = typesetter.words(style_);
  if (auto lines = words.lines_of(text_, inner)) {
    set_ = std::move(*lines);
    words_ = &words;
    height_ = words.line_height() * static_cast<double>(set_.size());
    return;
  }
  words_ = nullptr;
  lay_out(typesetter);
}

void Block::lay_out(Typesetter& typesetter) {
  if (!layout_) layout_.reset(new_layout(typesetter.on()));
  if (!laid_style_ || !same_style(*laid_style_, style_)) {
    set_style(layout_.get(), typesetter.families(), style_);
    laid_style_ = style_;
  }
  pango_layout_set_width(layout_.get(), static_cast<int>(inner_ * PANGO_SCALE));
  pango_layout_set_text(layout_.get(), text_.data(), static_cast<int>(text_.size()));
  int height = 0;
  pango_layout_get_size(layout_.get(), nullptr, &height);
  height_ = in_points(height);
}

void Block::draw(cairo_t* on, double pad, double y) const {
  if (code_ != nullptr) return draw_code(on, x + pad, y);
  if (words_ == nullptr) {
    cairo_move_to(on, x + pad, y);
    return pango_cairo_show_layout(on, layout_.get());
  }
  for (const Line& line : lines()) draw_line(on, line, x + pad + line.x, y + line.baseline);
}

std::vector<Block::Line> Block::lines() const {
  std::vector<Line> lines;
  if (code_ != nullptr) return lines;
  if (words_ != nullptr) {
    double top = 0;
    for (const WordLine& line : set_) {
      const double share = style_.align == Align::left ? 0 : style_.align == Align::center ? 0.5 : 1;
      const double bottom = top + words_->line_height();
      lines.push_back({nullptr, &line, (inner_ - line.width) * share, top, bottom, top + words_->baseline()});
      top = bottom;
    }
    return lines;
  }
  const Owned<PangoLayoutIter> iter(pango_layout_get_iter(layout_.get()));
  do {
    PangoRectangle box;
    pango_layout_iter_get_line_extents(iter.get(), nullptr, &box);
    lines.push_back({pango_layout_iter_get_line_readonly(iter.get()), nullptr, in_points(box.x),
                     in_points(box.y), in_points(box.y + box.height),
                     in_points(pango_layout_iter_get_baseline(iter.get()))});
  } while (pango_layout_iter_next_line(iter.get()) != FALSE);
  return lines;
}

void Block::draw_line(cairo_t* on, const Line& line, double left, double baseline) const {
  if (line.set != nullptr) return words_->draw(on, *line.set, left, baseline);
  cairo_move_to(on, left, baseline);
  pango_cairo_show_layout_line(on, line.laid);
}

void Block::draw_code(cairo_t* on, double left, double y) const {
  const double module = code_side_ / code_->side;
  const double free = width - code_side_;
  if (style_.align == Align::center) left += free / 2;
  if (style_.align == Align::right) left += free;
  for (int row = 0; row < code_->side; ++row) {
    for (int from = 0; from < code_->side; ++from) {
      int to = from;
      while (to < code_->side && code_->at(row, to)) ++to;
      if (to == from) continue;
      cairo_rectangle(on, left + from * module, y + row * module, (to - from) * module, module);
      from = to;
    }
  }
  cairo_fill(on);
}

double height_of(const std::vector<Block>& blocks) {
  double height = 0;
  for (const Block& block : blocks) height = std::max(height, block.height());
  return height;
}

void place_columns(std::vector<Block>& blocks, std::span<const double> shares, double left, double width) {
  double sum = 0;
  for (const double share : shares) sum += share;
  blocks.resize(shares.size());
  for (std::size_t i = 0; i < shares.size(); ++i) {
    blocks[i].x = left;
    blocks[i].width = width * shares[i] / sum;
    left += blocks[i].width;
  }
}

}  // namespace motcua::print
