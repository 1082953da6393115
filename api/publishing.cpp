#include "api/publishing.h"

namespace motcua::api {
namespace {

// The members of an envelope after its document.
std::string proof_of(const store::Publication& publication) {
  return R"(,"sha256":")" + publication.sha256 + R"(","signature":{"algorithm":"Ed25519","key":")" +
         publication.public_key + R"(","value":")" + publication.signature + R"("}})";
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
}

}  // namespace motcua::api
