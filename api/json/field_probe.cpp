#include "api/json/field_probe.h"

#include <algorithm>
#include <cassert>
#include <tuple>
#include <utility>

namespace motcua::api {

bool Field::reads_like(const Field& other) const {
  const auto shape = [](const Field& f) {
    return std::tie(f.name, f.type, f.required, f.when, f.required_when, f.words, f.max_length, f.lines,
                    f.min, f.max, f.min_items, f.max_items);
  };
  return shape(*this) == shape(other) &&
         std::equal(fields.begin(), fields.end(), other.fields.begin(), other.fields.end(),
                    [](const Field& a, const Field& b) { return a.reads_like(b); });
}

std::vector<Field> FieldProbe::fields_of(const Reads& reads) {
  FieldProbe probe(reads);
  probe.run({});
  assert(!probe.runs_.front().refused);
  for (std::size_t i = 0; i < probe.told_.size(); ++i) probe.judge_conditions(i);
  for (std::size_t i = 0; i < probe.told_.size(); ++i) probe.judge_own_answers(i);
  return probe.collect("#");
}

void FieldProbe::run(std::vector<Changed> changed) {
  runs_.push_back({std::move(changed), {}, {"#"}});
  const std::size_t place = runs_.size() - 1;
  faults_.clear();
  JsonObject body("#", faults_, *this);
  reads_(body);
  runs_[place].refused = !faults_.empty();
  if (runs_[place].refused) return;
  const std::vector<Asked> asked = runs_[place].asked;
  for (const auto& [told, required] : asked) {
    if (std::exchange(told_[told].varied, true)) continue;
    for (const int answer : other_answers(told_[told], required)) {
      std::vector<Changed> next = runs_[place].changed;
      next.push_back({told, answer});
      run(std::move(next));
    }
  }
}

std::vector<int> FieldProbe::other_answers(const Told& told, bool required) const {
  std::vector<int> answers;
  if (!required) answers.push_back(kAbsent);
  for (std::size_t i = 1; i < told.field.words.size(); ++i) answers.push_back(static_cast<int>(i));
  if (told.field.type == FieldType::array) answers.push_back(kEmpty);
  return answers;
}

int FieldProbe::answer_in(const Run& run, std::size_t told) const {
  for (const Changed& one : run.changed) {
    if (one.told == told) return one.answer;
  }
  return kThere;
}

bool FieldProbe::was_entered(const Run& run, const std::string& owner) const {
  return std::find(run.entered.begin(), run.entered.end(), owner) != run.entered.end();
}

Field& FieldProbe::note(const std::string& owner, std::string_view name, FieldType type, Presence presence) {
  const auto found = std::find_if(told_.begin(), told_.end(), [&](const Told& told) {
    return told.field.name == name && told.owner == owner;
  });
  last_ = static_cast<std::size_t>(found - told_.begin());
  if (found == told_.end()) told_.push_back({owner, {std::string(name), type}});
  runs_.back().asked.push_back({last_, presence == Presence::required});
  return told_[last_].field;
}

bool FieldProbe::has(std::string_view owner, std::string_view name) const {
  return std::none_of(runs_.back().changed.begin(), runs_.back().changed.end(), [&](const Changed& one) {
    const Told& told = told_[one.told];
    return one.answer == kAbsent && told.field.name == name && told.owner == owner;
  });
}

bool FieldProbe::takes(const std::string& owner, std::string_view name, FieldType type, Presence presence) {
  note(owner, name, type, presence);
  return answer_in(runs_.back(), last_) != kAbsent;
}

bool FieldProbe::text(const std::string& owner, std::string_view name, Presence presence,
                      std::size_t max_length, Lines lines) {
  Field& field = note(owner, name, FieldType::text, presence);
  field.max_length = max_length;
  field.lines = lines;
  return answer_in(runs_.back(), last_) != kAbsent;
}

std::optional<std::int64_t> FieldProbe::integer(const std::string& owner, std::string_view name,
                                                Presence presence, std::int64_t min, std::int64_t max) {
  Field& field = note(owner, name, FieldType::integer, presence);
  if (min != INT64_MIN) field.min = min;
  if (max != INT64_MAX) field.max = max;
  if (answer_in(runs_.back(), last_) == kAbsent) return std::nullopt;
  return std::clamp<std::int64_t>(1, min, max);
}

std::optional<std::size_t> FieldProbe::word(const std::string& owner, std::string_view name,
                                            Presence presence, std::span<const std::string_view> words) {
  Field& field = note(owner, name, FieldType::enumeration, presence);
  if (field.words.empty()) field.words.assign(words.begin(), words.end());
  const int answer = answer_in(runs_.back(), last_);
  if (answer == kAbsent || words.empty()) return std::nullopt;
  return static_cast<std::size_t>(answer);
}

std::optional<JsonObject> FieldProbe::object(const std::string& owner, std::string_view name,
                                             Presence presence) {
  if (!takes(owner, name, FieldType::object, presence)) return std::nullopt;
  std::string pointer = name.empty() ? owner + "/0" : JsonObject::pointer_of(owner, name);
  runs_.back().entered.push_back(pointer);
  return JsonObject(std::move(pointer), faults_, *this);
}

std::optional<JsonArray> FieldProbe::array(const std::string& owner, std::string_view name, Presence presence,
                                           std::size_t max_items) {
  note(owner, name, FieldType::array, presence).max_items = max_items;
  const int answer = answer_in(runs_.back(), last_);
  if (answer == kAbsent) return std::nullopt;
  std::string pointer = JsonObject::pointer_of(owner, name);
  if (answer != kEmpty) runs_.back().entered.push_back(pointer);
  return JsonArray(answer == kEmpty ? 0 : 1, std::move(pointer), faults_, *this);
}

// What a run says whose only difference to a good one is the answer to this question.
void FieldProbe::judge_own_answers(std::size_t told) {
  Field& field = told_[told].field;
  std::vector<std::string> refused;
  for (const Run& run : runs_) {
    if (!run.refused || run.changed.empty() || run.changed.back().told != told) continue;
    const int answer = run.changed.back().answer;
    if (answer == kAbsent) {
      field.required = true;
      field.required_when.reset();
    } else if (field.type == FieldType::array) {
      field.min_items = 1;
    } else {
      refused.push_back(field.words[static_cast<std::size_t>(answer)]);
    }
  }
  for (const std::string& word : refused) std::erase(field.words, word);
}

void FieldProbe::judge_conditions(std::size_t told) {
  std::vector<const Run*> all;    // in which it could be asked for
  std::vector<const Run*> asked;  // in which it was
  const auto asks = [told](const Run& run) {
    return std::find_if(run.asked.begin(), run.asked.end(),
                        [told](const Asked& one) { return one.told == told; });
  };
  const auto was_asked = [&](const Run& run) { return asks(run) != run.asked.end(); };
  const auto was_demanded = [&](const Run& run) { return asks(run)->required; };
  for (const Run& run : runs_) {
    if (run.refused || !was_entered(run, told_[told].owner)) continue;
    all.push_back(&run);
    if (was_asked(run)) asked.push_back(&run);
  }
  told_[told].taken = !asked.empty();
  if (asked.empty()) return;
  Field& field = told_[told].field;
  if (asked.size() < all.size()) field.when = condition(told, was_asked, all);
  const auto demands =
      std::count_if(asked.begin(), asked.end(), [&](const Run* run) { return was_demanded(*run); });
  if (static_cast<std::size_t>(demands) == asked.size()) {
    field.required = true;
  } else if (demands > 0) {
    field.required_when = condition(told, was_demanded, asked);
  }
}

// The other member of the object whose answers part the runs in which something holds from the rest.
std::optional<FieldCondition> FieldProbe::condition(std::size_t told,
                                                    const std::function<bool(const Run&)>& holds,
                                                    const std::vector<const Run*>& runs) const {
  for (std::size_t other = 0; other < told_.size(); ++other) {
    if (other == told || told_[other].owner != told_[told].owner) continue;
    std::vector<int> with;
    std::vector<int> without;
    for (const Run* run : runs) (holds(*run) ? with : without).push_back(answer_in(*run, other));
    const bool parts = std::none_of(with.begin(), with.end(), [&](int answer) {
      return answer == kAbsent || std::find(without.begin(), without.end(), answer) != without.end();
    });
    if (!parts) continue;
    FieldCondition found{JsonObject::pointer_of(told_[other].owner, told_[other].field.name), {}};
    std::sort(with.begin(), with.end());
    with.erase(std::unique(with.begin(), with.end()), with.end());
    if (told_[other].field.type != FieldType::enumeration) return found;
    for (const int answer : with)
      found.words.push_back(told_[other].field.words[static_cast<std::size_t>(answer)]);
    return found;
  }
  assert(false);  // it hangs on no single member: tests run every command through here
  return std::nullopt;
}

std::vector<Field> FieldProbe::collect(const std::string& owner) const {
  std::vector<Field> fields;
  for (const Told& told : told_) {
    if (told.owner != owner || !told.taken) continue;
    Field field = told.field;
    if (field.type == FieldType::object || field.type == FieldType::array) {
      field.fields = collect(field.name.empty() ? owner + "/0" : JsonObject::pointer_of(owner, field.name));
    }
    fields.push_back(std::move(field));
  }
  return fields;
}

}  // namespace motcua::api
