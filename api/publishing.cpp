#include "api/publishing.h"

#include <stdexcept>

#include "api/json/late_list_reader.h"
#include "api/late_export.h"
#include "api/print/late_files.h"
#include "engine/core/canonical_json.h"
#include "engine/core/index_766_document.h"
#include "engine/run/ed25519.h"
#include "engine/store/digest.h"

namespace motcua::api {
namespace {

constexpr const char* kIndexFile = "index-766.json";

// A document with its proof, as everybody gets it.
std::string envelope_of(const std::string& document, const std::string& sha256, const std::string& key,
                        const std::string& signature) {
  return R"({"document":)" + document + R"(,"sha256":")" + sha256 +
         R"(","signature":{"algorithm":"Ed25519","key":")" + key + R"(","value":")" + signature + R"("}})";
}

// Index 766 of the month, signed like the list and bound to it.
struct SignedIndex {
  std::string sha256, envelope;
};
SignedIndex index_of(const run::PublishedList& list, const core::LateHead& of) {
  core::Index766Head head;
  head.cutoff_position = of.cutoff_position;
  head.cutoff_recorded_at = of.cutoff_recorded_at;
  head.list_sha256 = list.publication.sha256;
  head.month = of.month;
  head.number = of.number;
  head.period_from = of.period_from;
  head.period_to = of.period_to;
  head.scope = of.scope;
  head.scope_name = of.scope_name;
  const auto name = [&](const core::Code& code) {
    const core::Agency* agency = list.definitions.agency(code);
    return agency == nullptr ? code.text : agency->name;
  };
  const std::string document = core::canonical_json(
      core::index_766_document(std::move(head), list.index_766, name), core::kVietnamOffsetMinutes);
  SignedIndex made;
  made.sha256 = store::sha256_hex(document);
  const auto signature =
      run::ed25519_sign(list.keyring.signature_seed(), run::signed_text(core::kIndex766Method, made.sha256));
  made.envelope = envelope_of(document, made.sha256, list.publication.public_key, run::base64(signature));
  return made;
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
  const store::Publication& proof = list.publication;
  std::vector<std::string> sections(list.sections.size());
  for (std::size_t i = 0; i < sections.size(); ++i) sections[i] = list.section(i);
  keep({"list.json", "application/json",
        envelope_of(run::late_document(sections, proof.head), proof.sha256, proof.public_key,
                    proof.signature)});
  sections.clear();
  keep({std::string(run::kExportHeadFile), "application/json", export_head_line(list)});
  print::LateSource source = source_of(list);
  SignedIndex index = index_of(list, source.head);
  source.beside.push_back(
      {kIndexFile, "Bộ chỉ số 766, nhóm tiến độ giải quyết, có chữ ký (JSON)", index.sha256});
  keep({kIndexFile, "application/json", std::move(index.envelope)});
  print::render_late_files(source, [&](const std::string& name, std::string_view type, std::string bytes) {
    keep({name, std::string(type), std::move(bytes)});
  });
}

}  // namespace motcua::api
