#include "api/publishing.h"

#include <stdexcept>

#include "api/json/late_list_reader.h"
#include "api/print/late_files.h"

namespace motcua::api {
namespace {

// The members of an envelope after its document.
std::string proof_of(const store::Publication& publication) {
  return R"(,"sha256":")" + publication.sha256 + R"(","signature":{"algorithm":"Ed25519","key":")" +
         publication.public_key + R"(","value":")" + publication.signature + R"("}})";
}

print::LateSource source_of(const run::PublishedList& list) {
  print::LateSource source;
  std::string fault;
  auto head = read_late_head(list.publication.head, fault);
  if (!head) throw std::runtime_error("the head of a list cannot be read: " + fault);
  source.head = std::move(*head);
  source.published_at = list.publication.published_at;
  source.sha256 = list.publication.sha256;
  source.signature = list.publication.signature;
  source.key = list.publication.public_key;
  source.sections = list.sections;
  source.section = [&list](std::size_t place) {
    std::string wrong;
    auto section = read_late_agency(list.section(place), wrong);
    if (!section) throw std::runtime_error("a section of a list cannot be read: " + wrong);
    return std::move(*section);
  };
  return source;
}

}  // namespace

run::PublisherOptions publisher_options(const PublicationSettings& settings) {
  run::PublisherOptions options;
  options.list.codes_masked = settings.codes_masked;
  options.list.individuals = settings.individuals;
  options.list.individuals_basis = settings.individuals_basis;
  if (settings.automatic) options.schedule.scope = core::Code(settings.scope);
  options.schedule.working_day = settings.working_day;
  options.schedule.after_opening =
      core::WorkingTime{std::chrono::milliseconds(settings.after_opening).count()};
  options.cutoff_working_days = settings.cutoff_working_days;
  return options;
}

void render_published(const run::PublishedList& list, const run::KeepFile& keep) {
  std::vector<std::string> sections(list.sections.size());
  for (std::size_t i = 0; i < sections.size(); ++i) sections[i] = list.section(i);
  std::string envelope =
      R"({"document":)" + run::late_document(sections, list.publication.head) + proof_of(list.publication);
  keep({"list.json", "application/json", std::move(envelope)});
  sections.clear();
  print::render_late_files(source_of(list),
                           [&](const std::string& name, std::string_view type, std::string bytes) {
                             keep({name, std::string(type), std::move(bytes)});
                           });
}

}  // namespace motcua::api
