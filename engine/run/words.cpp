#include "engine/run/words.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace motcua::run {
namespace {

constexpr auto kOptions = static_cast<utf8proc_option_t>(
    UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_STRIPMARK | UTF8PROC_IGNORE);
constexpr std::size_t kLongestDecomposition = 32;
constexpr std::size_t kNumberDigitsMin = 9;
constexpr std::size_t kNumberDigitsMax = 15;

// The letters with a stroke have no decomposition. Eth and the African D are seen where old Vietnamese fonts
// were converted badly.
bool is_stroked_d(utf8proc_int32_t letter) {
  return letter == 0x110 || letter == 0x111 || letter == 0xd0 || letter == 0xf0 || letter == 0x189 ||
         letter == 0x256;
}

void append(std::string& out, utf8proc_int32_t letter) {
  std::array<utf8proc_uint8_t, 4> bytes;
  const auto size = utf8proc_encode_char(letter, bytes.data());
  out.append(reinterpret_cast<const char*>(bytes.data()), static_cast<std::size_t>(size));
}

void append_folded(std::string& out, utf8proc_int32_t letter) {
  if (is_stroked_d(letter)) {
    out += 'd';
    return;
  }
  std::array<utf8proc_int32_t, kLongestDecomposition> parts;
  int boundary = 0;
  const auto count = utf8proc_decompose_char(
      letter, parts.data(), static_cast<utf8proc_ssize_t>(parts.size()), kOptions, &boundary);
  const auto kept = std::clamp<utf8proc_ssize_t>(count, 0, static_cast<utf8proc_ssize_t>(parts.size()));
  for (utf8proc_ssize_t i = 0; i < kept; ++i) append(out, parts[static_cast<std::size_t>(i)]);
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_letter_or_digit(utf8proc_int32_t letter) {
  if (letter < 0x80) return is_digit(static_cast<char>(letter)) || (letter >= 'a' && letter <= 'z');
  const utf8proc_category_t category = utf8proc_category(letter);
  return (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO) ||
         (category >= UTF8PROC_CATEGORY_ND && category <= UTF8PROC_CATEGORY_NO);
}

// A word of a folded text, as the bytes [from, to).
struct Run {
  std::size_t from = 0;
  std::size_t to = 0;
  bool digits = true;
};

std::vector<Run> runs_of(std::string_view folded) {
  std::vector<Run> runs;
  bool inside = false;
  for (std::size_t at = 0; at < folded.size();) {
    utf8proc_int32_t letter = 0;
    const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(folded.data() + at);
    const auto size = utf8proc_iterate(bytes, static_cast<utf8proc_ssize_t>(folded.size() - at), &letter);
    const std::size_t next = at + static_cast<std::size_t>(std::max<utf8proc_ssize_t>(size, 1));
    const bool wanted = size > 0 && is_letter_or_digit(letter);
    if (wanted && !inside) runs.push_back({at, at, true});
    if (wanted) {
      runs.back().to = next;
      runs.back().digits = runs.back().digits && is_digit(folded[at]);
    }
    inside = wanted;
    at = next;
  }
  return runs;
}

// Whether what stands between two groups of digits may stand inside one number.
bool joins(std::string_view between) {
  return between.size() <= 2 && between.find_first_not_of(" .-()") == std::string_view::npos;
}

// The number that begins with the run and is written in groups: how many runs it has, 1 when it has no
// groups. A group that is a whole number by itself stays one.
std::size_t groups_of(std::string_view folded, const std::vector<Run>& runs, std::size_t first) {
  std::size_t digits = 0;
  std::size_t count = 0;
  for (std::size_t i = first; i < runs.size(); ++i) {
    const std::size_t size = runs[i].to - runs[i].from;
    if (!runs[i].digits || size >= kNumberDigitsMin || digits + size > kNumberDigitsMax) break;
    if (i > first && !joins(folded.substr(runs[i - 1].to, runs[i].from - runs[i - 1].to))) break;
    digits += size;
    ++count;
  }
  return digits >= kNumberDigitsMin ? count : 1;
}

std::string cut(std::string word) {
  if (word.size() <= kSearchWordBytesMax) return word;
  std::size_t size = kSearchWordBytesMax;
  while ((static_cast<std::uint8_t>(word[size]) & 0xc0) == 0x80) --size;
  word.resize(size);
  return word;
}

}  // namespace

std::string fold(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (static_cast<std::uint8_t>(c) < 0x80) {
      out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
      ++at;
      continue;
    }
    utf8proc_int32_t letter = 0;
    const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data() + at);
    const auto size = utf8proc_iterate(bytes, static_cast<utf8proc_ssize_t>(text.size() - at), &letter);
    if (size > 0) append_folded(out, letter);
    if (size <= 0) out += ' ';
    at += static_cast<std::size_t>(std::max<utf8proc_ssize_t>(size, 1));
  }
  return out;
}

std::vector<std::string> search_words(std::string_view text) {
  const std::string folded = fold(text);
  const std::vector<Run> runs = runs_of(folded);
  std::vector<std::string> words;
  for (std::size_t i = 0; i < runs.size() && words.size() < kSearchWordsMax;) {
    const std::size_t count = groups_of(folded, runs, i);
    std::string word;
    for (std::size_t g = i; g < i + count; ++g) word.append(folded, runs[g].from, runs[g].to - runs[g].from);
    const bool abroad = runs[i].digits && runs[i].from > 0 && folded[runs[i].from - 1] == '+';
    if (abroad && word.size() > kNumberDigitsMin && word.starts_with("84")) word.replace(0, 2, "0");
    word = cut(std::move(word));
    if (std::find(words.begin(), words.end(), word) == words.end()) words.push_back(std::move(word));
    i += count;
  }
  return words;
}

std::vector<std::uint64_t> owner_tokens(const Keyring& keyring, std::span<const std::string> texts) {
  std::vector<std::uint64_t> tokens;
  for (const std::string& text : texts) {
    for (const std::string& word : search_words(text)) tokens.push_back(keyring.search_token("owner", word));
  }
  std::sort(tokens.begin(), tokens.end());
  tokens.erase(std::unique(tokens.begin(), tokens.end()), tokens.end());
  return tokens;
}

}  // namespace motcua::run
