#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/run/keyring.h"

namespace motcua::run {

inline constexpr std::size_t kSearchWordsMax = 32;
inline constexpr std::size_t kSearchWordBytesMax = 64;

// A text as a search sees it: lower case, without diacritics, đ as d, compatibility forms as the plain ones
// (full width, ligatures), composed and decomposed spelling alike. Invalid UTF-8 becomes a space.
std::string fold(std::string_view text);

// The different words of a text, folded, in order of appearance: what is indexed, and what a query must find.
// A word is a run of letters and digits; a longer one than kSearchWordBytesMax is cut, words after the first
// kSearchWordsMax are left out. A number written in groups (0905 123 456, 001.099.012.345, (0258) 3822-222)
// is one word when it has the 9 to 15 digits of a phone or an identity; +84 is written as 0.
std::vector<std::string> search_words(std::string_view text);

// Under which a dossier is found by its owner: one token for each different word of the texts. Sorted.
std::vector<std::uint64_t> owner_tokens(const Keyring& keyring, std::span<const std::string> texts);

}  // namespace motcua::run
