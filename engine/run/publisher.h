#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "engine/run/engine.h"
#include "engine/run/late_list_maker.h"
#include "engine/store/publications.h"

namespace motcua::run {

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
};

// A finished list on its way to the public: what its files are made of.
struct PublishedList {
  const store::Publication& publication;
  core::LateHead head;
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

 private:
  void loop();
  bool work();
  bool keep_schedule();
  void draft(store::Publication publication);
  void publish(store::Publication publication);
  std::optional<LateListQuestion> question_of(const store::Publication& publication);
  core::LateList made(const LateListQuestion& question, LateListMaker::From from);
  bool put(const std::vector<store::PublicationWrite>& writes);
  void put_or_throw(const std::vector<store::PublicationWrite>& writes);
  void give_back(store::Publication publication, store::PublicationState to, const std::string& trouble);
  void render(const store::Publication& publication);
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

// The dossiers that a list rests on, as one of its files; it is not for the public.
inline constexpr std::string_view kBasisFile = "basis";
std::string packed_keys(const std::vector<std::int64_t>& keys);  // sorted
std::vector<std::int64_t> unpacked_keys(std::string_view bytes);

// What is signed: the method and the digest of the document.
std::string signed_text(std::string_view method, std::string_view sha256);

}  // namespace motcua::run
