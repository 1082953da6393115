#include "engine/store/follow_dir.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "engine/store/follow_pages.h"

namespace motcua::store {
namespace {

namespace fs = std::filesystem;

const std::string kNoDigest(64, '0');
constexpr std::string_view kWhoseFile = "followed";

std::string numbered(const char* kind, std::uint32_t number) {
  char name[32];
  std::snprintf(name, sizeof name, "%s-%010u", kind, number);
  return name;
}

struct FollowFiles {
  std::set<std::uint32_t> bases;
  std::set<std::uint32_t> segments;
};

FollowFiles files_in(const fs::path& folder) {
  FollowFiles found;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename();
    unsigned number = 0;
    if (std::sscanf(name.c_str(), "base-%10u", &number) == 1 && name == numbered("base", number))
      found.bases.insert(number);
    if (std::sscanf(name.c_str(), "segment-%10u", &number) == 1 && name == numbered("segment", number))
      found.segments.insert(number);
  }
  return found;
}

std::string whose_text(std::int64_t epoch, const std::optional<BackupKey>& key) {
  return "motcua follow 1\nepoch " + std::to_string(epoch) + "\nkey " +
         (key ? backup_key_name(*key) : "none") + "\n";
}

// Reads a file to its end, so that it is known to be whole.
std::string digest_of(PagesFileReader& reader) {
  std::uint32_t page = 0;
  std::string content;
  while (reader.next(page, content)) {
  }
  return reader.digest();
}

// The database that is put together, in a file of its own.
class PagesTarget {
 public:
  explicit PagesTarget(fs::path file) : file_(std::move(file)) {
    fd_ = ::open(file_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd_ < 0) fail("make");
  }
  ~PagesTarget() {
    ::close(fd_);
    if (!whole_) ::unlink(file_.c_str());
  }
  void put(std::uint32_t page, std::string_view content) {
    auto at = static_cast<off_t>(page - 1) * static_cast<off_t>(content.size());
    while (!content.empty()) {
      const ssize_t n = ::pwrite(fd_, content.data(), content.size(), at);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) fail("write");
      content.remove_prefix(static_cast<std::size_t>(n));
      at += n;
    }
  }
  void put_all(PagesFileReader& reader) {
    std::uint32_t page = 0;
    for (std::string content; reader.next(page, content);) put(page, content);
  }
  void finish(const sqlite::Standing& standing) {
    const off_t size = static_cast<off_t>(standing.pages) * static_cast<off_t>(standing.page_size);
    if (::ftruncate(fd_, size) != 0 || ::fsync(fd_) != 0) fail("sync");
    whole_ = true;
  }

 private:
  [[noreturn]] void fail(const char* what) const {
    const int why = errno;
    const std::string text = std::string("cannot ") + what + " " + file_.string() + ": " + std::strerror(why);
    if (why == ENOSPC || why == EDQUOT || why == EFBIG) throw StoreFull(text);
    throw StoreError(text);
  }
  const fs::path file_;
  int fd_ = -1;
  bool whole_ = false;
};

}  // namespace

FollowDir::FollowDir(fs::path folder, std::int64_t epoch, const std::optional<BackupKey>& key)
    : folder_(std::move(folder)), epoch_(epoch), key_(key), digest_(kNoDigest) {
  fs::create_directories(folder_);
  try {
    lock_ = std::make_unique<sqlite::LockFile>((folder_ / "follow.lock").string());
  } catch (const StoreLocked&) {
    throw StoreLocked("another process follows into " + folder_.string() + " already");
  }
  const fs::path whose = folder_ / kWhoseFile;
  const std::string expected = whose_text(epoch, key);
  if (fs::exists(whose)) {
    std::ifstream in(whose);
    std::ostringstream text;
    text << in.rdbuf();
    if (text.str() != expected)
      throw StoreError(folder_.string() +
                       " holds a backup of another database, another epoch of it, or another key: name a "
                       "folder of its own for this one");
  } else {
    if (!files_in(folder_).bases.empty() || !files_in(folder_).segments.empty())
      throw StoreError(folder_.string() + " holds a backup, but does not say whose");
    BackupWriter writer(whose, std::nullopt);
    writer.write(expected);
    writer.finish();
  }
  take_up();
}

FollowDir::~FollowDir() = default;

fs::path FollowDir::base_file(std::uint32_t number) const { return folder_ / numbered("base", number); }
fs::path FollowDir::segment_file(std::uint32_t number) const { return folder_ / numbered("segment", number); }

void FollowDir::take_up() {
  const FollowFiles found = files_in(folder_);
  for (const fs::directory_entry& entry : fs::directory_iterator(folder_)) {
    std::error_code ignored;
    if (entry.path().extension() == ".part") fs::remove(entry.path(), ignored);
  }
  if (!found.segments.empty()) number_ = *found.segments.rbegin();
  if (!found.bases.empty()) newest_base_ = *found.bases.rbegin();
  number_ = std::max(number_, newest_base_.value_or(0));
  if (!newest_base_) return;
  try {
    PagesFileReader base(base_file(*newest_base_), key_);
    base_bytes_ = fs::file_size(base_file(*newest_base_));
    std::optional<sqlite::Standing> last = base.head().standing;
    std::string digest = base.head().follows;
    for (std::uint32_t number = *newest_base_ + 1; number <= number_; ++number) {
      if (!found.segments.contains(number)) return;
      segment_bytes_ += fs::file_size(segment_file(number));
      if (number < number_) continue;
      PagesFileReader segment(segment_file(number), key_);
      digest = digest_of(segment);
      last = segment.head().standing;
    }
    last_ = last;
    digest_ = digest;
  } catch (const BackupDamaged&) {
    // A new base will take its place.
  }
}

void FollowDir::leave_gap() {
  if (number_ > 0 || newest_base_) ++number_;
  digest_ = kNoDigest;
  last_.reset();
}

void FollowDir::add_segment(const sqlite::LogFollower::Step& step, const sqlite::LogFollower::PageOf& page) {
  PagesHead head;
  head.number = number_ + 1;
  head.epoch = step.now.epoch;
  head.follows = digest_;
  head.standing = step.now;
  const fs::path file = segment_file(head.number);
  PagesFileWriter writer(file, key_, head);
  for (const auto& [number, frame] : step.pages) {
    if (number <= step.now.pages) writer.add(number, page(frame));
  }
  digest_ = writer.finish(head.number);
  number_ = head.number;
  segment_bytes_ += fs::file_size(file);
  if (last_) last_ = step.now;
}

void FollowDir::begin_base(const sqlite::LogFollower& from) {
  PagesHead head;
  head.base = true;
  head.number = number_;
  head.epoch = from.held().epoch;
  head.follows = digest_;
  head.standing = from.held();
  base_ = std::make_unique<PagesFileWriter>(base_file(number_), key_, head);
  base_number_ = number_;
  next_page_ = 1;
}

void FollowDir::drop_base() { base_.reset(); }

bool FollowDir::continue_base(sqlite::LogFollower& from, std::uint32_t pages) {
  const std::uint32_t end = from.held().pages;
  for (; pages > 0 && next_page_ <= end; --pages, ++next_page_) base_->add(next_page_, from.page(next_page_));
  if (next_page_ <= end) return false;
  base_->finish(number_);
  base_.reset();
  newest_base_ = base_number_;
  last_ = from.held();
  base_bytes_ = fs::file_size(base_file(base_number_));
  prune();
  return true;
}

// Segments that the newest base needs no more, and the bases before it.
void FollowDir::prune() {
  const FollowFiles found = files_in(folder_);
  std::error_code ignored;
  for (const std::uint32_t number : found.bases) {
    if (number < *newest_base_) fs::remove(base_file(number), ignored);
  }
  segment_bytes_ = 0;
  for (const std::uint32_t number : found.segments) {
    if (number <= *newest_base_)
      fs::remove(segment_file(number), ignored);
    else
      segment_bytes_ += fs::file_size(segment_file(number), ignored);
  }
}

bool is_follow_dir(const fs::path& folder) {
  return fs::is_directory(folder) && fs::exists(folder / kWhoseFile);
}

FollowedBack bring_back(const fs::path& folder, const std::optional<BackupKey>& key, const fs::path& to) {
  const FollowFiles found = files_in(folder);
  if (found.bases.empty()) throw BackupDamaged(folder.string() + " has no base yet: nothing can be restored");
  const std::uint32_t base_number = *found.bases.rbegin();
  PagesFileReader base(folder / numbered("base", base_number), key);
  PagesTarget target(to);
  target.put_all(base);
  FollowedBack back;
  back.standing = base.head().standing;
  std::string digest = base.head().follows;
  std::uint32_t number = base_number;
  const auto stop = [&](const std::string& why) {
    back.broken =
        why + "; the first event that is not there is " + std::to_string(back.standing.journal_end + 1);
  };
  const std::uint32_t last = found.segments.empty() ? 0 : *found.segments.rbegin();
  for (; number < last; ++number, ++back.segments) {
    const fs::path file = folder / numbered("segment", number + 1);
    if (!found.segments.contains(number + 1)) {
      stop(file.string() + " is missing");
      break;
    }
    try {
      PagesFileReader looked_at(file, key);
      const std::string own = digest_of(looked_at);
      const PagesHead& head = looked_at.head();
      if (head.base || head.number != number + 1 || head.epoch != base.head().epoch ||
          head.standing.page_size != base.head().standing.page_size || head.follows != digest)
        throw BackupDamaged(file.string() + " does not follow what comes before it");
      PagesFileReader reader(file, key);
      target.put_all(reader);
      digest = own;
      back.standing = head.standing;
    } catch (const BackupDamaged& damaged) {
      stop(damaged.what());
      break;
    }
  }
  if (number < base.whole_from())
    throw BackupDamaged(folder.string() + ": the base needs segment " + std::to_string(base.whole_from()) +
                        ", but " + back.broken);
  target.finish(back.standing);
  return back;
}

}  // namespace motcua::store
