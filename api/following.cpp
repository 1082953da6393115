#include "api/following.h"

#include <sys/stat.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <map>
#include <utility>
#include <vector>

#include "api/json/writer.h"
#include "api/seal_copy.h"
#include "engine/run/system_clock.h"
#include "engine/run/vault_copy.h"
#include "engine/store/follow_dir.h"

namespace motcua::api {
namespace {

using Ticks = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kIdle{100};
// While the log is this long, the process that copies it back may wait for this one, with its writer.
constexpr std::chrono::milliseconds kBusy{2};
constexpr std::int64_t kLogWatched = 64 << 20;
// A log is let go when nothing can be written, before it takes the service's disk, too.
constexpr std::int64_t kLogHeldMax = 512 << 20;
constexpr std::uint32_t kSlicePages = 256;
// Pages that wait in memory to be written; more at once are written from the log.
constexpr std::size_t kWaitingPagesMax = 16'384;
// A base is renewed when segments have more than it, and this.
constexpr std::uint64_t kRenewedFrom = 256 << 20;

// Waits for a signal; 0: none came.
int signal_within(const sigset_t& signals, std::chrono::milliseconds time) {
  const timespec wait{time.count() / 1000, (time.count() % 1000) * 1'000'000};
  const int caught = ::sigtimedwait(&signals, nullptr, &wait);
  return caught < 0 ? 0 : caught;
}

class Replaced : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class Following {
 public:
  Following(const ServerConfig& config, const BackupOptions& options, std::int64_t epoch,
            const std::optional<store::BackupKey>& key)
      : config_(config),
        options_(options),
        epoch_(epoch),
        dir_(options.target, epoch, key),
        seals_(seals_folder(config), std::filesystem::path(options.target) / "seals", epoch) {
    struct stat about {};
    if (::stat(config.database.c_str(), &about) == 0) file_ = about.st_ino;
  }

  int run() {
    sigset_t signals;
    sigemptyset(&signals);
    for (const int one : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, one);
    ::sigprocmask(SIG_BLOCK, &signals, nullptr);
    ::signal(SIGXFSZ, SIG_IGN);  // a limit on files is like a full disk
    std::printf("following %s into %s, at most every %d s\n", config_.database.c_str(),
                options_.target.c_str(), options_.every_seconds);
    while (true) {
      work();
      const int caught = signal_within(signals, pause());
      if (caught == SIGHUP) renew_ = true;
      if (caught == SIGTERM || caught == SIGINT) return stop();
    }
  }

 private:
  std::chrono::milliseconds pause() const {
    if (follower_ && dir_.making_base() && trouble_.empty() && waiting_.empty())
      return std::chrono::milliseconds(0);
    return log_bytes_ > kLogWatched ? kBusy : kIdle;
  }

  // Everything that is due. What fails is told once, and tried again when the next round is due.
  void work() {
    const bool due = Ticks::now() >= next_;
    const bool going = trouble_.empty() && follower_;
    if (!due && !going) return;
    try {
      log_bytes_ = follower_ ? follower_->log_bytes() : 0;
      if (due) {
        round();
      } else if (log_bytes_ > kLogWatched && follower_->is_waited_for()) {
        take_up();
      }
      if (dir_.making_base()) make_base();
      if (!trouble_.empty()) std::printf("it goes on\n");
      trouble_.clear();
    } catch (const store::StoreFull& full) {
      fail(full.what());
      dir_.drop_base();
      if (follower_ && log_bytes_ > kLogHeldMax) {
        let_go();
        fail(std::string(full.what()) + "; the log of the database is let go, and a new base will be needed");
      }
    } catch (const store::StoreError& error) {
      give_up(error.what());
    } catch (const run::KeyFileError& error) {
      give_up(error.what());
    } catch (const std::filesystem::filesystem_error& error) {
      give_up(error.what());
    }
    std::fflush(stdout);
  }

  void give_up(const std::string& why) {
    fail(why);
    dir_.drop_base();
    let_go();
  }

  void let_go() {
    follower_.reset();
    waiting_.clear();
  }

  // Moves on to the newest commit. What changed is only noted, as a writer of the service may wait for it;
  // when that is too much, it is written from the log.
  void take_up() {
    if (waiting_.size() > kWaitingPagesMax) write_waiting();
    follower_->advance([&](const auto& step, const auto& page) {
      if (step.now.epoch != epoch_) throw Replaced("the database has begun another epoch");
      if (step.pages.size() > kWaitingPagesMax) {
        write_waiting();
        copy_keys();
        return dir_.add_segment(step, page);
      }
      std::vector<std::pair<std::uint32_t, std::string>> contents;
      for (const auto& [number, frame] : step.pages) contents.emplace_back(number, page(frame));
      for (auto& [number, content] : contents) waiting_[number] = std::move(content);
      waiting_standing_ = step.now;
    });
  }

  // On the disk: a segment of what was noted.
  void write_waiting() {
    if (waiting_.empty()) return;
    copy_keys();
    store::sqlite::PageFrames pages;
    for (const auto& [number, content] : waiting_) pages[number] = number;
    dir_.add_segment({waiting_standing_, pages}, [&](std::uint32_t number) { return waiting_.at(number); });
    waiting_.clear();
  }

  // Before what they open: a record never lies there without its key.
  void copy_keys() {
    const std::filesystem::path keys = key_files(config_).records;
    if (std::filesystem::exists(keys))
      run::follow_vault(keys, std::filesystem::path(options_.target) / "keys", clock_.now().ms);
  }

  void fail(const std::string& why) {
    if (trouble_ == why) return;
    trouble_ = why;
    std::fprintf(stderr, "motcua: %s\n", why.c_str());
    write_status();
  }

  void round() {
    next_ = Ticks::now() + std::chrono::seconds(options_.every_seconds);
    refuse_another_database();
    seals_.copy();  // first: so what is followed reaches at least as far as its seals
    if (!follower_) attach();
    copy_keys();
    const core::Instant began_at = clock_.now();
    take_up();
    write_waiting();
    taken_up_at_ = began_at;
    if (wants_base()) {
      dir_.begin_base(*follower_);
      renew_ = false;
      base_at_ = Ticks::now();
      std::printf("a base of %u pages is being copied\n", follower_->held().pages);
    }
    write_status();
  }

  bool wants_base() const {
    if (dir_.making_base()) return false;
    const bool old = Ticks::now() - base_at_ > std::chrono::hours(options_.renew_hours);
    const bool long_ago = dir_.segment_bytes() > kRenewedFrom && dir_.segment_bytes() > dir_.base_bytes();
    return !dir_.last() || renew_ || old || long_ago;
  }

  void attach() {
    follower_ = std::make_unique<store::sqlite::LogFollower>(config_.database);
    if (follower_->held().epoch != epoch_) throw Replaced("the database has begun another epoch");
    if (dir_.last() && follower_->goes_on_from(dir_.last()->place)) {
      std::printf("it goes on behind segment %u, at event %lld\n", dir_.number(),
                  static_cast<long long>(dir_.last()->journal_end));
    } else {
      dir_.leave_gap();
    }
  }

  void make_base() {
    if (!waiting_.empty()) return;  // a base counts from a segment on
    if (!dir_.continue_base(*follower_, kSlicePages)) return;
    std::printf("the base stands: from here on, what is in %s can be restored\n", options_.target.c_str());
    write_status();
  }

  void refuse_another_database() {
    struct stat about {};
    if (::stat(config_.database.c_str(), &about) != 0 || about.st_ino != file_)
      throw Replaced(config_.database.string() + " is not the file any more that was followed");
  }

  int stop() {
    trouble_.clear();
    next_ = {};
    dir_.drop_base();
    if (follower_) work();
    if (!trouble_.empty()) return 1;
    if (follower_)
      std::printf("stopped at event %lld\n", static_cast<long long>(follower_->held().journal_end));
    return 0;
  }

  void write_status() {
    std::string text;
    JsonWriter json(text);
    const core::Instant now = clock_.now();
    json.begin_object();
    json.member_instant("at", now);
    json.member("epoch", std::to_string(epoch_));
    json.member("event", dir_.last() ? dir_.last()->journal_end : std::int64_t{0});
    json.member_seconds("behind_seconds", taken_up_at_.ms == 0 ? 0 : now.ms - taken_up_at_.ms);
    json.member("segment", std::int64_t{dir_.number()});
    json.member("restorable", dir_.last().has_value());
    json.member("trouble", trouble_);
    json.end_object();
    const std::filesystem::path file = std::filesystem::path(options_.target) / "status";
    const std::filesystem::path part = file.string() + ".part";
    std::ofstream(part, std::ios::trunc) << text << '\n';
    std::error_code ignored;
    std::filesystem::rename(part, file, ignored);
  }

  const ServerConfig& config_;
  const BackupOptions& options_;
  const std::int64_t epoch_;
  run::SystemClock clock_;
  store::FollowDir dir_;
  SealCopy seals_;
  ino_t file_ = 0;
  std::unique_ptr<store::sqlite::LogFollower> follower_;
  Ticks::time_point next_{};
  Ticks::time_point base_at_ = Ticks::now();
  core::Instant taken_up_at_;
  std::map<std::uint32_t, std::string> waiting_;  // pages that changed since the last segment
  store::sqlite::Standing waiting_standing_;      // with them
  std::string trouble_;
  bool renew_ = false;
  std::int64_t log_bytes_ = 0;
};

}  // namespace

int follow(const ServerConfig& config, const BackupOptions& options, std::int64_t epoch,
           const std::optional<store::BackupKey>& key) {
  return Following(config, options, epoch, key).run();
}

}  // namespace motcua::api
