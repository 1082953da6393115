#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "engine/run/engine.h"
#include "engine/run/late_list_maker.h"
#include "engine/run/publisher_rests.h"
#include "engine/run/reporter.h"
#include "engine/store/publications.h"

namespace motcua::run {

// The trouble of a list for which earlier lateness cannot be counted; the month follows.
inline constexpr std::string_view kLateEndsDiffer = "late_ends_differ ";

// When lists are published by themselves: at an hour of the n-th working day after the month.
struct PublicationSchedule {
  core::Code scope;  // empty: never
  int working_day = 5;
  core::WorkingTime after_opening;  // of that day
};

struct PublisherOptions {
  LateListSettings list;
  PublicationSchedule schedule;
  int cutoff_working_days = 3;  // what is recorded up to the close of this working day after the month counts
  std::chrono::milliseconds poll{500};
  // How long a list rests after its work failed: doubled each time, by the real clock.
  std::chrono::milliseconds rest_first{1'000};
  std::chrono::milliseconds rest_longest{3'600'000};
};

// A finished list on its way to the public: what its files are made of.
struct PublishedList {
  const store::Publication& publication;
  const Keyring& keyring;
  const Definitions& definitions;                // those by which it was counted
  std::vector<store::DefinitionText> calendars;  // every version
  std::size_t dossiers = 0;                      // on which it rests
  std::map<core::Code, core::Index766Counts> index_766;
  std::vector<core::Code> sections;
  std::function<std::string(std::size_t)> section;  // canonical JSON of a core::LateAgency
};
using KeepFile = std::function<void(store::PublicationFile)>;
using RenderList = std::function<void(const PublishedList&, const KeepFile&)>;

// Works on monthly lists on a thread of its own: counts a draft, replays the events before it is published,
// has its files made, and keeps the schedule. What it was doing when the process ended it begins anew at the
// next start. All writes are bounded batches between two groups of orders.
class Publisher {
 public:
  // All are borrowed and must outlive it. `on_trouble` gets a line for the log.
  Publisher(Engine& engine, store::Store& store, Clock& clock, Random& random, const Keyring& keyring,
            PublisherOptions options, RenderList render,
            std::function<void(std::string_view event, const std::string& cause)> on_trouble);
  ~Publisher();

  // Asks for a look at what is to be done. Any thread.
  void wake();
  // Of a list whose work failed, until it is done. Any thread.
  std::optional<PublisherRest> rest_of(const core::Uuid& publication) const {
    return rests_.find(publication);
  }

 private:
  // A list whose events were replayed, with the definitions by which that gave the same bytes.
  struct Proven {
    core::Uuid publication;
    std::string sha256;
    std::shared_ptr<const Definitions> definitions;
  };

  void loop();
  bool work();
  bool tend(const core::Uuid& of, const std::string& name, const std::function<bool()>& what);
  std::optional<store::Publication> next_in(store::PublicationState state);
  bool keep_schedule();
  bool publish_own();
  std::string scheduled_month(core::Instant now);
  void draft(store::Publication publication);
  void publish(store::Publication publication);
  bool is_proven(const store::Publication& publication, const LateListQuestion& question);
  std::optional<LateListQuestion> question_of(const store::Publication& publication);
  LateListMaker maker(std::shared_ptr<const Definitions> definitions);
  bool put(const std::vector<store::PublicationWrite>& writes);
  void put_or_throw(const std::vector<store::PublicationWrite>& writes);
  void put_published(store::Publication publication);
  void give_back(store::Publication publication, store::PublicationState to, const std::string& trouble);
  void render(const store::Publication& publication, const LateListQuestion& question);
  std::optional<core::Instant> publish_due(const Definitions& definitions, const std::string& month) const;
  bool stopping();
  void end_when_stopping();

  Engine& engine_;
  store::Store& store_;
  Clock& clock_;
  Random& random_;
  const Keyring& keyring_;
  const PublisherOptions options_;
  const RenderList render_;
  const std::function<void(std::string_view event, const std::string& cause)> on_trouble_;

  PublisherRests rests_;
  PublisherStage stage_ = PublisherStage::counting;
  std::optional<Proven> proven_;

  std::mutex mutex_;
  std::condition_variable wake_;
  bool awake_ = true;
  bool stopping_ = false;
  std::thread thread_;  // last: everything is there when it begins
};

// The cut-off of a month that is over: the close of the n-th working day after it, by the scope's calendar,
// but not after `now`. Nothing: the calendar does not know that day.
std::optional<core::Instant> default_cutoff(const Definitions& definitions, const core::Code& scope,
                                            std::string_view month, int working_days, core::Instant now);

// The same of any period that is over.
std::optional<core::Instant> cutoff_after(const Definitions& definitions, const core::Code& scope,
                                          core::Instant period_end, int working_days, core::Instant now);

// Files of a list that are no downloads: the dossiers that it rests on, and the first line of its export.
inline constexpr std::string_view kBasisFile = "basis";
inline constexpr std::string_view kExportHeadFile = "export-head";
inline bool is_download(std::string_view file) { return file != kBasisFile && file != kExportHeadFile; }
std::string packed_keys(const std::vector<std::int64_t>& keys);  // sorted
std::vector<std::int64_t> unpacked_keys(std::string_view bytes);

// What is signed: the method and the digest of the document.
std::string signed_text(std::string_view method, std::string_view sha256);

}  // namespace motcua::run
