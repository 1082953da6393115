#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>

#include "api/print/late_files.h"
#include "tests/support/late_case.h"

// usage: bench_late_files [AGENCIES] [ROWS_OF_EACH] [FOLDER]
// Makes every format of a list once and tells what each kind took; keeps the files in FOLDER when it is
// given.
int main(int argc, char** argv) {
  using Clock = std::chrono::steady_clock;
  motcua::testing::LateShape shape;
  shape.agencies = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 41;  // the first has no rows
  shape.rows = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 1250;
  const auto list = motcua::testing::random_late_list(shape);
  const auto source = motcua::testing::source_of(list);
  const auto peak = [] {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss / 1024;
  };
  const long before = peak();
  struct Kind {
    double seconds = 0;
    std::size_t bytes = 0, files = 0;
  };
  std::map<std::string, Kind> kinds;
  auto last = Clock::now();
  const auto begun = last;
  motcua::print::render_late_files(source, [&](const std::string& name, std::string_view, std::string bytes) {
    const auto now = Clock::now();
    Kind& kind = kinds[name.substr(name.rfind('.'))];
    kind.seconds += std::chrono::duration<double>(now - last).count();
    kind.bytes += bytes.size();
    ++kind.files;
    if (argc > 3) {
      std::FILE* const file = std::fopen((std::string(argv[3]) + "/" + name).c_str(), "wb");
      if (file == nullptr || std::fwrite(bytes.data(), 1, bytes.size(), file) != bytes.size()) std::abort();
      std::fclose(file);
    }
    last = Clock::now();
  });
  for (const auto& [name, kind] : kinds) {
    std::printf("%-6s %4zu files %9.1f kB %7.2f s\n", name.c_str(), kind.files,
                static_cast<double>(kind.bytes) / 1e3, kind.seconds);
  }
  std::printf("all in %.2f s; peak memory %ld MB, of which %ld MB the list itself\n",
              std::chrono::duration<double>(Clock::now() - begun).count(), peak(), before);
}
