#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace motcua::testing {

// What pdftotext reads of a document, cut into pages, with the lines laid out as on the page. Throws when the
// bytes are no PDF that it can read.
std::vector<std::string> pages_of_pdf(std::string_view bytes);
// All pages with each run of white space made one space: the words in their order.
std::string words_of_pdf(std::string_view bytes);
// The same in the order in which they were drawn: what stands in one cell stays together.
std::string drawn_words_of_pdf(std::string_view bytes);
// What a reader of QR codes sees on its first page; empty when there is none.
std::string qr_on_pdf(std::string_view bytes);
// The words of a text in the same way.
std::string in_one_line(std::string_view text);

}  // namespace motcua::testing
