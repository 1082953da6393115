#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/json/field.h"

namespace motcua::api {

// Finds the members that a function asks a body for, by running it over objects that have none of their own:
// each question is noted, and answered as if all was there. Then again with one answer changed, for each
// optional member that it is absent, for each word the others, for each array that it is empty, as far as
// that leads to new questions. What is asked, or demanded, only after some answers hangs on them; a word
// that brings a fault is none that is accepted. So nothing can be read and not told, nor told and not read.
// Expected of the function: that it takes the first word of each vocabulary; that no member hangs on two
// others. has() of a member that nothing reads is true.
class FieldProbe {
 public:
  using Reads = std::function<void(JsonObject& body)>;
  static std::vector<Field> fields_of(const Reads& reads);

  // For JsonObject and JsonArray: a member of the object at `owner` is asked for; an item has no name. The
  // answers are values of no meaning.
  bool has(std::string_view owner, std::string_view name) const;
  bool takes(const std::string& owner, std::string_view name, FieldType type, Presence presence);
  bool text(const std::string& owner, std::string_view name, Presence presence, std::size_t max_length,
            Lines lines);
  std::optional<std::int64_t> integer(const std::string& owner, std::string_view name, Presence presence,
                                      std::int64_t min, std::int64_t max);
  // The place of the word.
  std::optional<std::size_t> word(const std::string& owner, std::string_view name, Presence presence,
                                  std::span<const std::string_view> words);
  std::optional<JsonObject> object(const std::string& owner, std::string_view name, Presence presence);
  std::optional<JsonArray> array(const std::string& owner, std::string_view name, Presence presence,
                                 std::size_t max_items);

 private:
  // How a question is answered; other numbers are places of words.
  static constexpr int kAbsent = -1;
  static constexpr int kThere = 0;
  static constexpr int kEmpty = 1;  // of an array
  struct Told {
    std::string owner;
    Field field;
    bool varied = false;
    bool taken = false;  // in a run that was not refused
  };
  struct Changed {
    std::size_t told;
    int answer;
  };
  struct Asked {
    std::size_t told;
    bool required;
  };
  struct Run {
    std::vector<Changed> changed;
    std::vector<Asked> asked;
    std::vector<std::string> entered;  // objects
    bool refused = false;
  };

  explicit FieldProbe(const Reads& reads) : reads_(reads) {}
  void run(std::vector<Changed> changed);
  Field& note(const std::string& owner, std::string_view name, FieldType type, Presence presence);
  std::vector<int> other_answers(const Told& told, bool required) const;
  int answer_in(const Run& run, std::size_t told) const;
  bool was_entered(const Run& run, const std::string& owner) const;
  std::optional<FieldCondition> condition(std::size_t told, const std::function<bool(const Run&)>& holds,
                                          const std::vector<const Run*>& runs) const;
  void judge_own_answers(std::size_t told);
  void judge_conditions(std::size_t told);
  std::vector<Field> collect(const std::string& owner) const;

  const Reads& reads_;
  std::vector<Told> told_;
  std::vector<Run> runs_;
  std::vector<BodyFault> faults_;
  std::size_t last_ = 0;  // that was asked for
};

}  // namespace motcua::api
