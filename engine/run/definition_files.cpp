#include <algorithm>
#include <fstream>
#include <system_error>

#include "engine/run/definitions.h"

namespace motcua::run {
namespace {

namespace fs = std::filesystem;
using store::DefinitionKind;
using store::DefinitionText;

constexpr std::uintmax_t kFileBytesMax = 16 * 1024 * 1024;

class Reader {
 public:
  explicit Reader(std::vector<LoadFault>& faults) : faults_(faults) {}

  void read_file(DefinitionKind kind, const fs::path& path) {
    std::error_code error;
    const std::uintmax_t size = fs::file_size(path, error);
    if (error) return report(path, "Expected a readable file, but " + error.message());
    if (size > kFileBytesMax) return report(path, "Expected at most 16 MiB, but the file is larger");
    std::string text(static_cast<std::size_t>(size), '\0');
    std::ifstream file(path, std::ios::binary);
    if (!file.read(text.data(), static_cast<std::streamsize>(size))) {
      return report(path, "Expected a readable file, but reading failed");
    }
    read_.push_back(store::name_definition(kind, path.stem().string(), std::move(text)));
  }

  void read_folder(DefinitionKind kind, const fs::path& folder) {
    std::error_code error;
    std::vector<fs::path> files;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
      const fs::path& path = entry->path();
      if (path.extension() == ".json" && path.filename() != "schema.json") files.push_back(path);
    }
    if (error) return report(folder, "Expected a readable folder, but " + error.message());
    std::sort(files.begin(), files.end());
    for (const fs::path& file : files) read_file(kind, file);
  }

  std::vector<DefinitionText> take() { return std::move(read_); }

 private:
  void report(const fs::path& path, std::string detail) {
    faults_.push_back({path.string(), "", std::move(detail)});
  }

  std::vector<LoadFault>& faults_;
  std::vector<DefinitionText> read_;
};

}  // namespace

std::vector<DefinitionText> read_definitions(const DefinitionPaths& paths, std::vector<LoadFault>& faults) {
  Reader reader(faults);
  reader.read_folder(DefinitionKind::calendar, paths.calendars);
  reader.read_file(DefinitionKind::rulebook, paths.rulebook);
  reader.read_file(DefinitionKind::agencies, paths.agencies);
  reader.read_file(DefinitionKind::ladders, paths.ladders);
  reader.read_folder(DefinitionKind::procedure, paths.procedures);
  reader.read_file(DefinitionKind::messages, paths.messages);
  reader.read_folder(DefinitionKind::slips, paths.slips);
  return reader.take();
}

fs::path path_of(const DefinitionPaths& paths, DefinitionKind kind, std::string_view key) {
  const std::string name = std::string(key) + ".json";
  switch (kind) {
    case DefinitionKind::calendar:
      return paths.calendars / name;
    case DefinitionKind::rulebook:
      return paths.rulebook;
    case DefinitionKind::agencies:
      return paths.agencies;
    case DefinitionKind::procedure:
      return paths.procedures / name;
    case DefinitionKind::ladders:
      return paths.ladders;
    case DefinitionKind::messages:
      return paths.messages;
    case DefinitionKind::slips:
      return paths.slips / name;
  }
  return {};
}

}  // namespace motcua::run
