#include "engine/core/reach.h"

#include <algorithm>
#include <iterator>

namespace motcua::core {
namespace {

constexpr std::string_view kEveryOne = "*";

// Of a sorted list; an empty one has every code.
bool has(const std::vector<Code>& codes, const Code& code) {
  return codes.empty() || std::binary_search(codes.begin(), codes.end(), code);
}

// Of two sorted lists; an empty one has every code. Nothing: none.
std::optional<std::vector<Code>> common(const std::vector<Code>& a, const std::vector<Code>& b) {
  if (a.empty()) return b;
  if (b.empty()) return a;
  std::vector<Code> both;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
  return both.empty() ? std::nullopt : std::optional(std::move(both));
}

std::string joined(const std::vector<Code>& codes) {
  if (codes.empty()) return std::string(kEveryOne);
  std::string text;
  for (const Code& code : codes) {
    if (!text.empty()) text += ',';
    text += code.text;
  }
  return text;
}

// Cuts off what stands before a separator, or all.
std::string_view cut(std::string_view& rest, char separator) {
  const std::size_t end = std::min(rest.find(separator), rest.size());
  const std::string_view first = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return first;
}

std::optional<std::vector<Code>> split(std::string_view text) {
  std::vector<Code> codes;
  if (text == kEveryOne) return codes;
  if (text.empty() || text.back() == ',') return std::nullopt;
  while (!text.empty()) {
    const std::string_view code = cut(text, ',');
    if (!is_code(code)) return std::nullopt;
    if (!codes.empty() && codes.back().text >= code) return std::nullopt;
    codes.emplace_back(code);
  }
  return codes;
}

}  // namespace

bool Reach::is_everything() const {
  return std::any_of(parts.begin(), parts.end(),
                     [](const Part& part) { return part.agencies.empty() && part.procedures.empty(); });
}

bool Reach::shows(const Dossier& dossier) const {
  return std::any_of(parts.begin(), parts.end(), [&](const Part& part) {
    if (!has(part.procedures, dossier.procedure)) return false;
    return part.agencies.empty() || std::any_of(part.agencies.begin(), part.agencies.end(),
                                                [&](const Code& agency) { return dossier.concerns(agency); });
  });
}

bool Reach::shows(const std::vector<Code>& taking_part, const Code& procedure) const {
  return std::any_of(parts.begin(), parts.end(), [&](const Part& part) {
    return has(part.procedures, procedure) &&
           (part.agencies.empty() || std::any_of(taking_part.begin(), taking_part.end(),
                                                 [&](const Code& one) { return has(part.agencies, one); }));
  });
}

bool Reach::covers(const Code& agency) const {
  return std::any_of(parts.begin(), parts.end(),
                     [&](const Part& part) { return part.procedures.empty() && has(part.agencies, agency); });
}

bool Reach::touches(const Code& agency) const {
  return std::any_of(parts.begin(), parts.end(),
                     [&](const Part& part) { return has(part.agencies, agency); });
}

Reach Reach::shared_with(const Reach& other) const {
  Reach shared;
  for (const Part& mine : parts) {
    for (const Part& part : other.parts) {
      auto agencies = common(mine.agencies, part.agencies);
      auto procedures = common(mine.procedures, part.procedures);
      if (agencies && procedures) shared.parts.push_back({std::move(*agencies), std::move(*procedures)});
    }
  }
  return shared;
}

std::optional<Code> Reach::only_agency() const {
  if (parts.size() != 1 || parts.front().agencies.size() != 1) return std::nullopt;
  return parts.front().agencies.front();
}

std::string Reach::text() const {
  std::string text;
  for (const Part& part : parts) {
    if (!text.empty()) text += ';';
    text += joined(part.agencies) + '/' + joined(part.procedures);
  }
  return text;
}

std::optional<Reach> Reach::of_text(std::string_view text) {
  Reach reach;
  while (!text.empty()) {
    std::string_view part = cut(text, ';');
    const std::size_t slash = part.rfind('/');
    if (slash == std::string_view::npos) return std::nullopt;
    auto agencies = split(part.substr(0, slash));
    auto procedures = split(part.substr(slash + 1));
    if (!agencies || !procedures) return std::nullopt;
    reach.parts.push_back({std::move(*agencies), std::move(*procedures)});
  }
  return reach;
}

}  // namespace motcua::core
