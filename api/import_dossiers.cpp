#include "api/import_dossiers.h"

#include <cstdio>
#include <fstream>
#include <limits>
#include <string>
#include <vector>

#include "api/import_row.h"
#include "api/json/writer.h"

namespace motcua::api {
namespace {

constexpr std::size_t kLineMax = 1024 * 1024;
constexpr std::size_t kGroup = 200;
constexpr std::size_t kProgressEvery = 10'000;
constexpr std::size_t kDifferencesShown = 20;
// Whole minutes, away from zero, so that no difference looks like none.
std::int64_t minutes_of(core::WorkingTime time) {
  constexpr std::int64_t kMinute = 60'000;
  return (time.ms + (time.ms > 0 ? kMinute - 1 : time.ms < 0 ? 1 - kMinute : 0)) / kMinute;
}

struct Counts {
  std::size_t rows = 0, imported = 0, known = 0, refused = 0, passed_over = 0;
  std::size_t same = 0, promised_earlier = 0, promised_later = 0, untimed = 0, not_accepted = 0,
              not_computable = 0, wait_over = 0;

  void add(const run::RowResult& result) {
    if (result.fate == run::RowFate::known) ++known;
    if (result.fate == run::RowFate::refused) ++refused;
    if (result.fate != run::RowFate::imported) return;
    ++imported;
    if (result.wait_over) ++wait_over;
    if (result.difference) {
      const std::int64_t ms = result.difference->ms;
      const bool equal = result.promised == result.recomputed;
      const bool earlier = ms < 0 || (ms == 0 && result.promised < result.recomputed);
      ++(equal ? same : earlier ? promised_earlier : promised_later);
    } else {
      ++(result.untimed ? untimed : result.promised ? not_computable : not_accepted);
    }
  }
};

// The report as JSON, written row by row: {"rows": […], "summary": {…}}, with the rows that cannot be used,
// those whose dates differ, and those that the system stops at once as the citizen's time was over.
class Report {
 public:
  explicit Report(const std::filesystem::path& file) {
    if (file.empty()) return;
    out_.open(file, std::ios::binary | std::ios::trunc);
    wanted_ = true;
    out_ << "{\"rows\":[";
  }
  bool good() const { return !wanted_ || out_.good(); }

  void add(const run::RowResult& result) {
    const bool differs = result.difference && result.promised != result.recomputed;
    const bool refused = result.fate == run::RowFate::refused;
    if (!wanted_ || (!refused && !differs && !result.wait_over)) return;
    std::string text(first_ ? "\n" : ",\n");
    first_ = false;
    JsonWriter json(text);
    json.begin_object();
    json.member("line", result.line);
    if (result.code.empty()) {
      json.member_null("code");
    } else {
      json.member("code", result.code);
    }
    if (!refused) {
      json.member("dossier", result.dossier);
      if (differs) {
        json.member_instant("promised_at", result.promised);
        json.member_instant("recomputed_at", result.recomputed);
        json.member("difference_working_minutes", minutes_of(*result.difference));
      }
      if (result.wait_over) json.member_instant("citizen_wait_over_at", result.wait_over);
    } else {
      json.key("faults");
      json.begin_array();
      for (const auto& fault : result.faults) {
        json.begin_object();
        json.member("pointer", fault.pointer);
        json.member("code", fault.code);
        json.member("detail", fault.detail);
        json.end_object();
      }
      json.end_array();
    }
    json.end_object();
    out_ << text;
  }

  void finish(const Counts& counts) {
    if (!wanted_) return;
    std::string text("\n],\"summary\":");
    JsonWriter json(text);
    json.begin_object();
    json.member("rows", counts.rows);
    json.member("imported", counts.imported);
    json.member("known", counts.known);
    json.member("refused", counts.refused);
    json.member("passed_over", counts.passed_over);
    json.member("same_date", counts.same);
    json.member("promised_earlier", counts.promised_earlier);
    json.member("promised_later", counts.promised_later);
    json.member("untimed", counts.untimed);
    json.member("not_accepted", counts.not_accepted);
    json.member("not_computable", counts.not_computable);
    json.member("citizen_wait_over", counts.wait_over);
    json.end_object();
    out_ << text << "}\n";
    out_.close();
  }

 private:
  std::ofstream out_;
  bool wanted_ = false;
  bool first_ = true;
};

// Reads lines of bounded length, whatever the file holds.
class ExportLines {
 public:
  explicit ExportLines(const std::filesystem::path& file)
      : in_(file, std::ios::binary), buffer_(kLineMax + 2) {}
  bool open() const { return in_.is_open(); }
  bool broken() const { return in_.bad(); }
  std::size_t number() const { return number_; }
  // False at the end. A line that is too long is answered as nothing.
  bool next(std::optional<std::string_view>& line) {
    in_.getline(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
    if (in_.bad() || (in_.gcount() == 0 && in_.eof())) return false;
    ++number_;
    if (in_.fail() && !in_.eof()) {
      in_.clear();
      in_.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
      line.reset();
      return true;
    }
    const auto count = static_cast<std::size_t>(in_.gcount());
    std::string_view text(buffer_.data(), in_.eof() ? count : count - 1);
    if (text.ends_with('\r')) text.remove_suffix(1);
    line = text;
    return true;
  }

 private:
  std::ifstream in_;
  std::vector<char> buffer_;
  std::size_t number_ = 0;
};

class Import {
 public:
  Import(run::TakeOver& take_over, const run::Definitions& definitions, const run::Keyring& keyring,
         const ImportOptions& options)
      : take_over_(take_over),
        definitions_(definitions),
        keyring_(keyring),
        options_(options),
        report_(options.report) {}

  int run() {
    ExportLines lines(options_.file);
    if (!lines.open() || !report_.good()) {
      std::fprintf(stderr, "motcua: cannot open %s\n",
                   (lines.open() ? options_.report : options_.file).c_str());
      return 1;
    }
    std::optional<std::string_view> line;
    while (lines.next(line)) {
      if (line && line->find_first_not_of(" \t") == std::string_view::npos) continue;
      ++counts_.rows;
      read(line, lines.number());
      if (group_.size() == kGroup) take();
      if (counts_.rows % kProgressEvery == 0) std::fprintf(stderr, "%zu rows\n", counts_.rows);
    }
    take();
    report_.finish(counts_);
    print_summary();
    if (lines.broken() || !report_.good()) {
      std::fputs("motcua: the export was not read to its end, or the report not written\n", stderr);
      return 1;
    }
    return counts_.refused == 0 ? 0 : 1;
  }

 private:
  void read(const std::optional<std::string_view>& line, std::size_t number) {
    run::OldRow row;
    if (line) {
      row = read_old_row(*line, number, definitions_, keyring_);
    } else {
      row.line = number;
      row.faults.push_back({"#", "body_too_large", "Expected a line of at most 1 MiB, but it is longer"});
    }
    // What is settled and was not handed out is open at the counter, since whenever.
    const auto over = row.old.state == core::DossierState::settled ? std::nullopt
                      : row.old.settled_at                         ? row.old.settled_at
                                                                   : row.old.ended_at;
    if (row.faults.empty() && over && options_.ended_since &&
        core::local_date(*over, core::kVietnamOffsetMinutes) < *options_.ended_since) {
      ++counts_.passed_over;
      return;
    }
    group_.push_back(std::move(row));
  }

  void take() {
    for (const run::RowResult& result : take_over_.take(group_)) {
      counts_.add(result);
      report_.add(result);
      print(result);
    }
    group_.clear();
  }

  void print(const run::RowResult& result) {
    for (const auto& fault : result.faults) {
      std::printf("line %zu %s: %s (%s)\n", result.line, fault.pointer.c_str(), fault.detail.c_str(),
                  fault.code.c_str());
    }
    if (!result.difference || result.promised == result.recomputed) return;
    if (++differences_ > kDifferencesShown) return;
    std::printf("line %zu %s: promised %s, by our rules %s, %lld working minutes between\n", result.line,
                result.code.text.c_str(),
                core::format_instant(*result.promised, core::kVietnamOffsetMinutes).c_str(),
                core::format_instant(*result.recomputed, core::kVietnamOffsetMinutes).c_str(),
                static_cast<long long>(minutes_of(*result.difference)));
  }

  void print_summary() const {
    if (differences_ > kDifferencesShown) {
      std::printf("… and %zu more dates that differ%s\n", differences_ - kDifferencesShown,
                  options_.report.empty() ? ": --json FILE lists all" : "");
    }
    std::printf("%zu rows: %zu taken over, %zu known already, %zu that cannot be used, %zu ended before\n",
                counts_.rows, counts_.imported, counts_.known, counts_.refused, counts_.passed_over);
    std::printf(
        "dates promised: %zu as by our rules, %zu earlier, %zu later; %zu untimed, %zu not accepted yet, %zu "
        "past our calendar\n",
        counts_.same, counts_.promised_earlier, counts_.promised_later, counts_.untimed, counts_.not_accepted,
        counts_.not_computable);
    if (counts_.wait_over > 0) {
      std::printf("the citizen's time was over before: %zu stopped at once%s\n", counts_.wait_over,
                  options_.report.empty() ? " (--json FILE lists them)" : "");
    }
  }

  run::TakeOver& take_over_;
  const run::Definitions& definitions_;
  const run::Keyring& keyring_;
  const ImportOptions& options_;
  Report report_;
  Counts counts_;
  std::vector<run::OldRow> group_;
  std::size_t differences_ = 0;
};

}  // namespace

int import_dossiers(run::TakeOver& take_over, const run::Definitions& definitions,
                    const run::Keyring& keyring, const ImportOptions& options) {
  return Import(take_over, definitions, keyring, options).run();
}

}  // namespace motcua::api
