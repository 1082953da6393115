#include "api/print/pdf.h"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>

#include <algorithm>
#include <cassert>
#include <exception>
#include <optional>
#include <stdexcept>
#include <utility>

#include "api/print/pdf_block.h"

namespace motcua::print {
namespace {

constexpr double kA4Short = 595.276;  // points
constexpr double kA4Long = 841.890;
constexpr double kMarginSide = 50;
constexpr double kMarginTop = 42;
constexpr double kMarginBottom = 48;
constexpr double kRunningPoints = 8;  // header and footer
constexpr double kRunningGap = 14;    // between the header and what follows
constexpr double kPadX = 3;           // inside a ruled cell
constexpr double kPadY = 2;
constexpr double kRule = 0.5;

}  // namespace

class Pdf::Impl {
 public:
  Impl(const PdfSettings& settings, Sink sink) : settings_(settings), sink_(std::move(sink)) {
    const bool upright = settings.orientation == Orientation::portrait;
    page_width_ = upright ? kA4Short : kA4Long;
    page_height_ = upright ? kA4Long : kA4Short;
    surface_.reset(cairo_pdf_surface_create_for_stream(&Impl::take, this, page_width_, page_height_));
    cairo_pdf_surface_set_metadata(surface_.get(), CAIRO_PDF_METADATA_TITLE, settings.title.c_str());
    cairo_pdf_surface_set_metadata(surface_.get(), CAIRO_PDF_METADATA_CREATE_DATE,
                                   settings.created_at.c_str());
    cairo_pdf_surface_set_metadata(surface_.get(), CAIRO_PDF_METADATA_MOD_DATE, settings.created_at.c_str());
    context_.reset(cairo_create(surface_.get()));
    cairo_set_line_width(context_.get(), kRule);
    // Paper has no pixels: glyphs stand where the font says, and lines break alike at any size.
    const Owned<cairo_font_options_t> options(cairo_font_options_create());
    cairo_font_options_set_hint_style(options.get(), CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options.get(), CAIRO_HINT_METRICS_OFF);
    cairo_set_font_options(context_.get(), options.get());
    typesetter_.emplace(context_.get(), settings.families);
    check();
  }

  ~Impl() { closing_ = true; }

  void beside(std::span<const double> shares, std::span<const Cell> cells) {
    assert(!in_table_ && shares.size() == cells.size());
    place_between_margins(loose_, shares);
    for (std::size_t i = 0; i < cells.size(); ++i) fill(loose_[i], cells[i], 0);
    place(loose_, false);
  }

  void space(double points) {
    start();
    y_ = std::min(y_ + points, bottom());
  }
  void keep(double points) {
    start();
    if (y_ + points > bottom() && !fresh_) turn();
  }
  void next_page() {
    start();
    turn();
  }

  void begin_table(std::vector<Column> columns, double points) {
    assert(!in_table_ && !columns.empty());
    in_table_ = true;
    columns_ = std::move(columns);
    table_points_ = points;
    std::vector<double> shares;
    for (const Column& column : columns_) shares.push_back(column.share);
    place_between_margins(rows_, shares);
    place_between_margins(head_, shares);
    head_height_ = 0;
    const bool has_head =
        std::any_of(columns_.begin(), columns_.end(), [](const Column& c) { return !c.head.empty(); });
    if (has_head) {
      for (std::size_t i = 0; i < columns_.size(); ++i) {
        fill(head_[i], {.text = columns_[i].head, .style = {points, true, false, Align::center}}, kPadX);
      }
      head_height_ = height_of(head_) + 2 * kPadY;
    }
    head_due_ = has_head;
  }

  void row(std::span<const std::string_view> cells) {
    assert(in_table_ && cells.size() == columns_.size());
    for (std::size_t i = 0; i < cells.size(); ++i) {
      fill(rows_[i], {.text = cells[i], .style = {table_points_, false, false, columns_[i].align}}, kPadX);
    }
    place(rows_, true);
  }
  void row(std::span<const Cell> cells) {
    assert(in_table_ && cells.size() == columns_.size());
    for (std::size_t i = 0; i < cells.size(); ++i) fill(rows_[i], cells[i], kPadX);
    place(rows_, true);
  }

  void end_table() {
    assert(in_table_);
    if (head_due_) {  // a table without rows shows its columns
      start();
      if (y_ + head_height_ > bottom() && !fresh_) turn_plain();
      draw_head();
    }
    in_table_ = false;
    head_due_ = false;
  }

  void finish() {
    assert(!in_table_);
    start();
    cairo_show_page(context_.get());
    cairo_surface_finish(surface_.get());
    check();
  }

 private:
  static cairo_status_t take(void* self, const unsigned char* bytes, unsigned int size) {
    auto& impl = *static_cast<Impl*>(self);
    if (impl.closing_ || impl.failure_) return CAIRO_STATUS_WRITE_ERROR;
    try {
      impl.sink_({reinterpret_cast<const char*>(bytes), size});
      return CAIRO_STATUS_SUCCESS;
    } catch (...) {  // must not pass through the C library; check() throws it on
      impl.failure_ = std::current_exception();
      return CAIRO_STATUS_WRITE_ERROR;
    }
  }

  void check() {
    if (failure_) std::rethrow_exception(failure_);
    cairo_status_t status = cairo_status(context_.get());
    if (status == CAIRO_STATUS_SUCCESS) status = cairo_surface_status(surface_.get());
    if (status != CAIRO_STATUS_SUCCESS) {
      throw std::runtime_error(std::string("cannot write a PDF: ") + cairo_status_to_string(status));
    }
  }

  double bottom() const { return page_height_ - kMarginBottom; }
  double inner_width() const { return page_width_ - 2 * kMarginSide; }

  void place_between_margins(std::vector<Block>& blocks, std::span<const double> shares) {
    place_columns(blocks, shares, kMarginSide, inner_width());
  }
  void fill(Block& block, const Cell& cell, double pad) { block.fill(*typesetter_, cell, pad); }

  // The first page begins with the first thing on it.
  void start() {
    if (page_ == 0) begin_page();
  }
  void turn_plain() {
    cairo_show_page(context_.get());
    check();
    begin_page();
  }
  void turn() {
    turn_plain();
    if (in_table_ && head_height_ > 0) draw_head();
  }

  void begin_page() {
    ++page_;
    y_ = kMarginTop;
    if (!settings_.header.empty()) {
      y_ += running(settings_.header, Align::left, kMarginTop - kRunningGap) + 2;
    }
    const double foot = page_height_ - kMarginBottom + kRunningGap;
    if (!settings_.footer.empty()) running(settings_.footer, Align::left, foot);
    if (!settings_.page_word.empty()) {
      running(settings_.page_word + " " + std::to_string(page_), Align::right, foot);
    }
    top_ = y_;
    fresh_ = true;
  }

  // Answers its height.
  double running(const std::string& text, Align align, double y) {
    running_.x = kMarginSide;
    running_.width = inner_width();
    fill(running_, {.text = text, .style = {kRunningPoints, false, false, align}}, 0);
    running_.draw(context_.get(), 0, y);
    return running_.height();
  }

  void draw_head() {
    draw_whole(head_, head_height_, true);
    head_due_ = false;
  }

  // Lets a row stand where there is room for all of it, or cuts it where no page has.
  void place(std::vector<Block>& blocks, bool ruled) {
    start();
    const double height = height_of(blocks) + (ruled ? 2 * kPadY : 0);
    const double head = in_table_ ? head_height_ : 0;
    const double due = head_due_ ? head : 0;
    const bool fits_a_page = height + head <= bottom() - top_;
    if (y_ + due + height > bottom() && fits_a_page) {
      head_due_ ? turn_plain() : turn();
    }
    if (head_due_) {
      if (y_ + 2 * head > bottom() && !fresh_) turn_plain();
      draw_head();
    }
    if (fits_a_page) return draw_whole(blocks, height, ruled);
    draw_in_parts(blocks, ruled);
  }

  void draw_whole(std::vector<Block>& blocks, double height, bool ruled) {
    const double pad_x = ruled ? kPadX : 0;
    const double pad_y = ruled ? kPadY : 0;
    for (const Block& block : blocks) block.draw(context_.get(), pad_x, y_ + pad_y);
    if (ruled) draw_rules(blocks, height);
    y_ += height;
    fresh_ = false;
  }

  void draw_in_parts(std::vector<Block>& blocks, bool ruled) {
    const double pad_x = ruled ? kPadX : 0;
    const double pad_y = ruled ? kPadY : 0;
    std::vector<std::vector<Block::Line>> lines;
    for (const Block& block : blocks) lines.push_back(block.lines());
    std::vector<std::size_t> next(blocks.size(), 0);
    while (true) {
      double used = 0;
      for (std::size_t i = 0; i < blocks.size(); ++i) {
        used = std::max(used, draw_lines(blocks[i], lines[i], next[i], pad_x, pad_y));
      }
      if (used > 0 && ruled) draw_rules(blocks, used + 2 * pad_y);
      y_ += used + 2 * pad_y;
      bool done = true;
      for (std::size_t i = 0; i < blocks.size(); ++i) done = done && next[i] == lines[i].size();
      if (done) break;
      turn();
    }
    fresh_ = false;
  }

  // The lines from `next` on that fit on this page; answers their height.
  double draw_lines(const Block& block, const std::vector<Block::Line>& lines, std::size_t& next,
                    double pad_x, double pad_y) {
    if (next == lines.size()) return 0;
    const double from = lines[next].top;
    double used = 0;
    while (next < lines.size()) {
      const Block::Line& line = lines[next];
      const bool must = fresh_ && used == 0;  // so that each page brings it on
      if (!must && y_ + 2 * pad_y + line.bottom - from > bottom()) break;
      block.draw_line(context_.get(), line, block.x + pad_x + line.x, y_ + pad_y + line.baseline - from);
      used = line.bottom - from;
      ++next;
    }
    return used;
  }

  void draw_rules(const std::vector<Block>& blocks, double height) {
    cairo_t* to = context_.get();
    const double right = blocks.back().x + blocks.back().width;
    cairo_rectangle(to, blocks.front().x, y_, right - blocks.front().x, height);
    for (std::size_t i = 1; i < blocks.size(); ++i) {
      cairo_move_to(to, blocks[i].x, y_);
      cairo_line_to(to, blocks[i].x, y_ + height);
    }
    cairo_stroke(to);
  }

  const PdfSettings settings_;
  const Sink sink_;
  bool closing_ = false;  // what the destructor still writes goes nowhere
  std::exception_ptr failure_;
  double page_width_ = 0, page_height_ = 0;
  Owned<cairo_surface_t> surface_;
  Owned<cairo_t> context_;
  std::optional<Typesetter> typesetter_;
  Block running_;  // the header and the footer

  int page_ = 0;  // 0: not begun
  double y_ = 0;
  double top_ = 0;      // where this page begins below its header
  bool fresh_ = false;  // nothing but header, footer and head stands on this page

  std::vector<Block> loose_;
  bool in_table_ = false;
  std::vector<Column> columns_;
  double table_points_ = 9;
  std::vector<Block> rows_, head_;
  double head_height_ = 0;  // 0: none
  bool head_due_ = false;   // it is drawn with the first row
};

Pdf::Pdf(const PdfSettings& settings, Sink sink) : impl_(std::make_unique<Impl>(settings, std::move(sink))) {}
Pdf::~Pdf() = default;

void Pdf::paragraph(std::string_view text, const TextStyle& style) {
  const double whole = 1;
  const Cell cell{.text = text, .style = style};
  impl_->beside({&whole, 1}, {&cell, 1});
}
void Pdf::space(double points) { impl_->space(points); }
void Pdf::keep(double points) { impl_->keep(points); }
void Pdf::next_page() { impl_->next_page(); }
void Pdf::beside(std::span<const double> shares, std::span<const Cell> cells) {
  impl_->beside(shares, cells);
}
void Pdf::begin_table(std::vector<Column> columns, double points) {
  impl_->begin_table(std::move(columns), points);
}
void Pdf::row(std::span<const std::string_view> cells) { impl_->row(cells); }
void Pdf::row(std::span<const Cell> cells) { impl_->row(cells); }
void Pdf::end_table() { impl_->end_table(); }
void Pdf::finish() { impl_->finish(); }

}  // namespace motcua::print
