#include "engine/run/population.h"

#include <algorithm>
#include <map>

#include "engine/core/canonical_json.h"
#include "tests/conformance/database.h"
#include "tests/conformance/histories.h"
#include "tests/support/calendars.h"

namespace motcua::test {
namespace {

using core::Instant;
using core::Tally;

struct Question {
  Instant from;
  Instant end;
  run::Cutoff cutoff;
};

// The whole list of the period as text.
std::string list_of(core::LateListBuilder& builder) {
  const core::LateList list = builder.finish();
  std::string text = core::canonical_json(list.head.total, core::kVietnamOffsetMinutes);
  for (const core::LateAgency& agency : list.agencies) {
    text += '\n' + core::canonical_json(agency, core::kVietnamOffsetMinutes);
  }
  return text;
}

std::string first_difference(const std::string& a, const std::string& b) {
  const auto at = std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin();
  const auto from = static_cast<std::size_t>(std::max<std::ptrdiff_t>(0, at - 500));
  return a.substr(from, 700) + "\n or\n" + b.substr(from, 700);
}

// One period by both ways, each with its list.
class BothWays {
 public:
  BothWays(store::Store& store, const Histories& histories, const Question& question)
      : calendar_(public_sector(hours_a())),
        population_(store, question.from, question.end, question.cutoff),
        options_{core::kLateMethod,
                 {question.from, question.end},
                 core::kVietnamOffsetMinutes,
                 histories.agencies} {
    names_.agency = [](const core::Code&) { return nullptr; };
    names_.procedure = [](const core::Code& code) { return code.text; };
    names_.calendar = [this](const core::Code&) { return calendar_.get(); };
    names_.explanation = [](const core::Dossier&) { return core::Limit{3, core::LimitUnit::working_day}; };
    names_.person = [](const core::Code& officer) { return officer.text; };
    options_.codes_masked = true;
    names_.masked_code = [](const core::Dossier& dossier) { return core::to_string(dossier.id); };
  }

  void hold_together() {
    core::LateListBuilder by_rows(options_, names_);
    core::LateListBuilder by_events(options_, names_);
    std::map<std::int64_t, Tally> rows, events;
    std::vector<std::int64_t> to_open;
    population_.of_rows([&](std::int64_t key, const Tally& tally, const core::Dossier* dossier) {
      EXPECT_TRUE(rows.emplace(key, told(tally)).second) << "given twice: " << key;
      read_ += dossier == nullptr ? 1 : 0;
      if (!by_rows.count(tally)) return;
      dossier == nullptr ? to_open.push_back(key) : by_rows.add_late(*dossier);
    });
    population_.dossiers(to_open,
                         [&](std::int64_t, const core::Dossier& dossier) { by_rows.add_late(dossier); });
    population_.of_events([&](std::int64_t key, const Tally& tally, const core::Dossier* dossier) {
      events.emplace(key, told(tally));
      if (by_events.count(tally)) by_events.add_late(*dossier);
    });
    ASSERT_EQ(rows.size(), events.size());
    for (const auto& [key, tally] : events) {
      ASSERT_TRUE(rows.contains(key)) << key;
      ASSERT_TRUE(rows.at(key) == tally) << key;
    }
    const std::string of_rows = list_of(by_rows);
    const std::string of_events = list_of(by_events);
    EXPECT_TRUE(of_rows == of_events) << first_difference(of_rows, of_events);
    taken_ += events.size();
  }

  std::size_t taken() const { return taken_; }
  std::size_t read() const { return read_; }  // of them without their dossier

 private:
  // Since when it has been so is no part of how it was.
  static Tally told(Tally tally) {
    tally.steady_from = {};
    return tally;
  }

  std::shared_ptr<const core::Calendar> calendar_;
  run::Population population_;
  core::LateListOptions options_;
  core::LateNames names_;
  std::size_t taken_ = 0, read_ = 0;
};

// Of lives with dates that move, ends that are countered and terms that begin anew: at the months' ends, on
// which rows are kept, and at any other instant; with the cut-off of now and of any time since.
TEST_P(Conformance, CountsAPeriodFromItsRowsAsFromItsEvents) {
  const auto store = database_->open();
  Histories histories(73);
  histories.pace_ms = core::kHourMs;
  histories.terms_alike = true;
  const Instant began = histories.now;
  fill(*store, histories, short_run() ? 2'000 : 9'000);
  const std::int64_t last = store->reader()->journal_end();
  const auto any = [&](std::int64_t below) {
    return static_cast<std::int64_t>(histories.random(static_cast<std::uint64_t>(below)));
  };
  std::size_t taken = 0, read = 0;
  const int questions = short_run() ? 24 : 90;
  for (int i = 0; i < questions; ++i) {
    Question question;
    question.end = began + core::ClockTime{any((histories.now - began).ms) + 1};
    if (i % 2 == 0) {
      const std::string month = core::format_instant(question.end, core::kVietnamOffsetMinutes).substr(0, 7);
      question.end = core::month_period(month, core::kVietnamOffsetMinutes)->to;
    }
    question.from = question.end - core::ClockTime{any(60 * core::kDayMs) + 1};
    // What was recorded by the end is known always.
    const std::int64_t by_end = store->reader()->counting().position_at(question.end);
    question.cutoff.position = i % 3 == 0 ? by_end + any(last - by_end + 1) : last;
    SCOPED_TRACE(core::format_instant(question.end, core::kVietnamOffsetMinutes) + " at " +
                 std::to_string(question.cutoff.position));
    BothWays both(*store, histories, question);
    both.hold_together();
    if (HasFatalFailure()) return;
    taken += both.taken();
    read += both.read();
  }
  EXPECT_GT(read, taken / 4) << "the rows were hardly used";
  EXPECT_EQ(store->rebuild(), 0);
}

}  // namespace
}  // namespace motcua::test
