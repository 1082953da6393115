#include "engine/run/vault_copy.h"

#include <fcntl.h>
#include <unistd.h>

#include <string>

#include "engine/run/vault_layout.h"

namespace motcua::run {
namespace {

namespace fs = std::filesystem;
using namespace vault_layout;

constexpr std::int64_t kDayMs = 86'400'000;

Descriptor open_keys(const fs::path& file) {
  Descriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (opened.get() < 0) fail_on_file("open", file);
  return opened;
}

void copy_places(int from, const fs::path& from_file, int to, const fs::path& to_file, std::uint64_t first,
                 std::uint64_t end) {
  std::vector<std::uint8_t> block(kBlock * kPlaceSize);
  for (std::uint64_t at = first; at < end; at += kBlock) {
    const std::uint64_t count = std::min<std::uint64_t>(kBlock, end - at);
    const std::span<std::uint8_t> part = std::span(block).first(count * kPlaceSize);
    if (!read_at(from, part, offset_of(at), from_file))
      throw KeyFileError(from_file.string() + " was cut while it was read");
    write_at(to, part, offset_of(at), to_file);
  }
}

void copy_into(int from, const fs::path& from_file, Draft& draft, const fs::path& to,
               std::int64_t copied_at_ms) {
  Header header = read_header(from, from_file);
  put_number(header, kCopiedAt, static_cast<std::uint64_t>(copied_at_ms));
  write_at(draft.fd(), header, 0, to);
  copy_places(from, from_file, draft.fd(), to, 0, places_in(from, from_file));
}

VaultFile told_of(const Header& header) {
  VaultFile told;
  told.id = part_of<16>(header, kIdAt);
  told.master = part_of<16>(header, kMasterAt);
  told.copied_at_ms = static_cast<std::int64_t>(number_in(header, kCopiedAt));
  told.destructions = number_in(header, kDestructionsAt);
  return told;
}

}  // namespace

std::optional<VaultFile> look_at_vault(const fs::path& file) {
  const Descriptor fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  Header header{};
  if (fd.get() < 0 ||
      ::pread(fd.get(), header.data(), header.size(), 0) != static_cast<ssize_t>(kHeaderSize) ||
      !std::equal(kMagic.begin(), kMagic.end(), header.begin())) {
    return std::nullopt;
  }
  VaultFile told = told_of(header);
  told.places = places_in(fd.get(), file);
  return told;
}

void copy_vault(const fs::path& from, const fs::path& to, std::int64_t copied_at_ms) {
  const Descriptor source = open_keys(from);
  Draft draft(to);
  copy_into(source.get(), from, draft, to, copied_at_ms);
  if (!draft.appear()) throw KeyFileError(to.string() + " is there already");
}

void follow_vault(const fs::path& from, const fs::path& copy, std::int64_t now_ms) {
  const Descriptor source = open_keys(from);
  const VaultFile is = told_of(read_header(source.get(), from));
  const auto was = look_at_vault(copy);
  if (!was || was->id != is.id || was->master != is.master || was->destructions != is.destructions) {
    Draft draft(copy);
    copy_into(source.get(), from, draft, copy, now_ms);
    draft.replace();
    return sync_folder_of(copy);
  }
  const Descriptor target(::open(copy.c_str(), O_RDWR | O_CLOEXEC));
  if (target.get() < 0) fail_on_file("open", copy);
  const std::uint64_t end = places_in(source.get(), from);
  const std::uint64_t held = places_in(target.get(), copy);
  if (held >= end) return;
  copy_places(source.get(), from, target.get(), copy, held, end);
  sync_file(target.get(), copy);
}

std::vector<fs::path> forget_old_copies(const fs::path& folder, std::int64_t now_ms) {
  std::vector<fs::path> forgotten;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    const bool draft =
        name.size() > 12 && name.compare(name.size() - 12, 6, ".keys.") == 0;  // of a copy that was cut
    if (entry.path().extension() != ".keys" && !draft) continue;
    const auto copy = look_at_vault(entry.path());
    const bool old =
        copy && copy->copied_at_ms != 0 && copy->copied_at_ms < now_ms - kKeyCopyDaysMax * kDayMs;
    if (old && fs::remove(entry.path())) forgotten.push_back(entry.path());
  }
  return forgotten;
}

}  // namespace motcua::run
