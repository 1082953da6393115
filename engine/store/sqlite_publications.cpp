#include "engine/store/sqlite_publications.h"

#include <algorithm>

#include "engine/store/store.h"

namespace motcua::store::sqlite {
namespace {

constexpr std::string_view kPublication =
    "SELECT key, id, month, scope, number, state, state_at, made_at, made_by, drafted_by, reviewed_by, "
    "published_by, "
    "published_at, corrects, corrected_code, reason, trouble, cutoff_position, cutoff_recorded_at, head, "
    "sha256, "
    "signature, public_key FROM publication ";

Publication publication_of(const Rows& rows) {
  Publication made;
  made.key = rows.integer(0);
  rows.copy(1, made.id.bytes);
  made.month = rows.text(2);
  made.scope = core::Code(rows.text(3));
  made.number = static_cast<int>(rows.integer(4));
  made.state = static_cast<PublicationState>(rows.integer(5));
  made.state_at = {rows.integer(6)};
  made.made_at = {rows.integer(7)};
  made.made_by = core::Code(rows.text(8));
  made.drafted_by = core::Code(rows.text(9));
  made.reviewed_by = core::Code(rows.text(10));
  made.published_by = core::Code(rows.text(11));
  made.published_at = {rows.integer(12)};
  if (!rows.bytes(13).empty()) rows.copy(13, made.corrects.emplace().bytes);
  made.corrected_code = rows.text(14);
  made.reason = rows.text(15);
  made.trouble = rows.text(16);
  made.cutoff_position = rows.integer(17);
  made.cutoff_recorded_at = {rows.integer(18)};
  made.head = rows.text(19);
  made.sha256 = rows.text(20);
  made.signature = rows.text(21);
  made.public_key = rows.text(22);
  return made;
}

Blob corrects_of(const Publication& publication) {
  return publication.corrects ? blob(*publication.corrects) : Blob{};
}

template <class... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

}  // namespace

PublicationWriter::PublicationWriter(Connection& connection)
    : state_(connection, "SELECT state FROM publication WHERE key = ?1"),
      taken_(connection, "SELECT 1 FROM publication WHERE month = ?1 AND scope = ?2 AND number = ?3"),
      add_(connection,
           "INSERT INTO publication(id, month, scope, number, state, state_at, made_at, made_by, drafted_by, "
           "reviewed_by, published_by, published_at, corrects, corrected_code, reason, trouble, "
           "cutoff_position, "
           "cutoff_recorded_at, head, sha256, signature, public_key) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, "
           "?9, "
           "?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22)"),
      set_(connection,
           "UPDATE publication SET state = ?2, state_at = ?3, reviewed_by = ?4, published_by = ?5, "
           "published_at = "
           "?6, trouble = ?7, cutoff_position = ?8, cutoff_recorded_at = ?9, head = ?10, sha256 = ?11, "
           "signature = "
           "?12, public_key = ?13, drafted_by = ?14 WHERE key = ?1"),
      put_part_(connection, "INSERT INTO publication_part VALUES(?1, ?2, ?3, ?4)"),
      put_file_(connection, "INSERT INTO publication_file VALUES(?1, ?2, ?3, ?4)"),
      clear_parts_(connection, "DELETE FROM publication_part WHERE publication = ?1"),
      clear_files_(connection, "DELETE FROM publication_file WHERE publication = ?1") {}

bool PublicationWriter::stands(const PublicationWrite& write) {
  const auto state_of = [&](std::int64_t key) -> std::optional<PublicationState> {
    Rows rows = state_.rows(key);
    if (!rows.next()) return std::nullopt;
    return static_cast<PublicationState>(rows.integer(0));
  };
  const auto is_worked_on = [&](std::int64_t key) {
    const auto state = state_of(key);
    return state == PublicationState::drafting || state == PublicationState::publishing;
  };
  return std::visit(
      Overloaded{[&](const AddPublication& add) {
                   const Publication& made = add.publication;
                   return !taken_.rows(made.month, made.scope.text, std::int64_t{made.number}).next();
                 },
                 [&](const SetPublication& set) { return state_of(set.publication.key) == set.from; },
                 [&](const PutPart& put) { return is_worked_on(put.publication); },
                 [&](const PutFile& put) { return is_worked_on(put.publication); },
                 [&](const ClearPublication& clear) { return is_worked_on(clear.publication); }},
      write);
}

bool PublicationWriter::apply(std::span<const PublicationWrite> writes) {
  if (!std::all_of(writes.begin(), writes.end(),
                   [&](const PublicationWrite& write) { return stands(write); })) {
    return false;
  }
  for (const PublicationWrite& write : writes) {
    std::visit([&](const auto& one) { apply(one); }, write);
  }
  return true;
}

void PublicationWriter::apply(const AddPublication& write) {
  const Publication& p = write.publication;
  add_.run(blob(p.id), p.month, p.scope.text, std::int64_t{p.number}, static_cast<std::int64_t>(p.state),
           p.state_at.ms, p.made_at.ms, p.made_by.text, p.drafted_by.text, p.reviewed_by.text,
           p.published_by.text, p.published_at.ms, corrects_of(p), p.corrected_code, p.reason, p.trouble,
           p.cutoff_position, p.cutoff_recorded_at.ms, p.head, p.sha256, p.signature, p.public_key);
}

void PublicationWriter::apply(const SetPublication& write) {
  const Publication& p = write.publication;
  set_.run(p.key, static_cast<std::int64_t>(p.state), p.state_at.ms, p.reviewed_by.text, p.published_by.text,
           p.published_at.ms, p.trouble, p.cutoff_position, p.cutoff_recorded_at.ms, p.head, p.sha256,
           p.signature, p.public_key, p.drafted_by.text);
}

void PublicationWriter::apply(const PutPart& write) {
  put_part_.run(write.publication, std::int64_t{write.part}, write.body.agency.text, blob(write.body.body));
}

void PublicationWriter::apply(const PutFile& write) {
  put_file_.run(write.publication, write.file.name, write.file.content_type, blob(write.file.body));
}

void PublicationWriter::apply(const ClearPublication& write) {
  if (write.parts) clear_parts_.run(write.publication);
  clear_files_.run(write.publication);
}

SqlitePublications::SqlitePublications(const SqliteOptions& options, std::shared_ptr<LogSync> log,
                                       Write write)
    : write_(std::move(write)),
      reads_(options.path, std::move(log)),
      find_(reads_, std::string(kPublication) + "WHERE id = ?1"),
      page_(reads_,
            std::string(kPublication) +
                "WHERE key < ?1 AND (?2 = '' OR scope = ?2) AND (?3 = '' OR month = ?3) AND (?4 < 0 OR "
                "state = ?4) ORDER BY key DESC LIMIT ?5"),
      number_(reads_, "SELECT max(number) FROM publication WHERE month = ?1 AND scope = ?2"),
      lost_(reads_, "SELECT max(value) FROM counter WHERE key > ?1 AND key < ?2"),
      parts_(reads_, "SELECT agency FROM publication_part WHERE publication = ?1 ORDER BY part"),
      part_(reads_, "SELECT agency, body FROM publication_part WHERE publication = ?1 AND part = ?2"),
      files_(reads_, "SELECT name FROM publication_file WHERE publication = ?1 ORDER BY name"),
      file_(reads_,
            "SELECT name, content_type, body FROM publication_file WHERE publication = ?1 AND name = ?2") {}

std::optional<Publication> SqlitePublications::find(const core::Uuid& id) {
  const SharedReads::Call call(reads_);
  Rows rows = find_.rows(blob(id));
  if (!rows.next()) return std::nullopt;
  return publication_of(rows);
}

std::vector<Publication> SqlitePublications::page(const PublicationQuery& query) {
  const SharedReads::Call call(reads_);
  std::vector<Publication> found;
  const std::int64_t state = query.state ? static_cast<std::int64_t>(*query.state) : -1;
  Rows rows = page_.rows(query.before_key, query.scope.text, query.month, state, std::int64_t{query.limit});
  while (rows.next()) found.push_back(publication_of(rows));
  return found;
}

int SqlitePublications::next_number(const std::string& month, const core::Code& scope) {
  const SharedReads::Call call(reads_);
  const auto largest = [](Rows rows) { return rows.next() ? rows.integer(0) : 0; };  // null is 0
  const std::int64_t known = largest(number_.rows(month, scope.text));
  const std::int64_t lost = largest(lost_.rows(kLostLists + month, kLostLists + "~"));
  return static_cast<int>(std::max(known, lost) + 1);
}

std::vector<core::Code> SqlitePublications::parts(std::int64_t publication) {
  const SharedReads::Call call(reads_);
  std::vector<core::Code> agencies;
  Rows rows = parts_.rows(publication);
  while (rows.next()) agencies.emplace_back(rows.text(0));
  return agencies;
}

std::optional<PublicationPart> SqlitePublications::part(std::int64_t publication, int part) {
  const SharedReads::Call call(reads_);
  Rows rows = part_.rows(publication, std::int64_t{part});
  if (!rows.next()) return std::nullopt;
  return PublicationPart{core::Code(rows.text(0)), std::string(rows.bytes(1))};
}

std::vector<std::string> SqlitePublications::files(std::int64_t publication) {
  const SharedReads::Call call(reads_);
  std::vector<std::string> names;
  Rows rows = files_.rows(publication);
  while (rows.next()) names.emplace_back(rows.text(0));
  return names;
}

std::optional<PublicationFile> SqlitePublications::file(std::int64_t publication, const std::string& name) {
  const SharedReads::Call call(reads_);
  Rows rows = file_.rows(publication, name);
  if (!rows.next()) return std::nullopt;
  return PublicationFile{std::string(rows.text(0)), std::string(rows.text(1)), std::string(rows.bytes(2))};
}

}  // namespace motcua::store::sqlite
