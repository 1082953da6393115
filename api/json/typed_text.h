#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// What a person typed, made fit to be kept.
namespace motcua::api {

// The text in Unicode's composed form (NFC), so that a name typed on any keyboard is one name. Requires valid
// UTF-8. Vietnamese in composed form, as most arrives, is recognised without the tables of Unicode.
std::string composed(std::string_view text);
// Characters, counted as code points. Requires valid UTF-8.
std::size_t length_of(std::string_view text);
// True when nothing but spaces of any kind is in it. Requires valid UTF-8.
bool is_blank(std::string_view text);
// True when it holds a control character (U+0000–1F, U+007F–9F), except line breaks and tabs when
// `lines_allowed`.
bool has_control(std::string_view text, bool lines_allowed);

}  // namespace motcua::api
