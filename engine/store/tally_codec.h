#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "engine/store/counting.h"
#include "engine/store/sqlite_words.h"

namespace motcua::store::sqlite {

// What a row of `tally` says beside its place, its dossier and its kind, as compact bytes; words as their
// numbers. The number of the format must grow whenever the described members of core::Tally change: rows of
// another one are made anew when the database is opened. 2: the sums of late_end came beside them.
inline constexpr std::int64_t kTallyFormat = 2;
// Replaces `out`, whose memory is reused. Words are interned.
void encode_tally(const TallyRow& row, Words& words, std::string& out);

// The word of a number; the reference holds until the next call.
using WordOf = std::function<const core::Code&(std::uint64_t number)>;
// False for bytes that are no row of this format.
bool decode_tally(std::string_view bytes, const WordOf& word_of, TallyRow& out);

}  // namespace motcua::store::sqlite
