#include "engine/store/sqlite_dossiers.h"

#include "engine/store/snapshot_codec.h"

namespace motcua::store::sqlite {

DossierWriter::DossierWriter(Connection& connection, Words& words)
    : words_(words),
      filer_(connection),
      find_(connection, "SELECT key, version, last_event, head FROM dossier WHERE id = ?1"),
      code_(connection, "SELECT dossier FROM dossier_code WHERE code = ?1"),
      reference_(
          connection,
          "SELECT d.id FROM external_ref r JOIN dossier d ON d.key = r.dossier WHERE r.source = ?1 AND "
          "r.reference = ?2"),
      last_key_(connection, "SELECT max(key) FROM dossier WHERE key > 0"),
      insert_(connection,
              "INSERT INTO dossier(key, id, version, state, channel, procedure, receiving, competent, "
              "received_at, "
              "last_event, head, snapshot) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)"),
      update_(connection,
              "UPDATE dossier SET version = ?2, state = ?3, channel = ?4, procedure = ?5, receiving = ?6, "
              "competent = "
              "?7, received_at = ?8, last_event = ?9, head = ?10, snapshot = ?11 WHERE key = ?1"),
      add_code_(connection, "INSERT INTO dossier_code VALUES(?1, ?2)"),
      drop_code_(connection, "DELETE FROM dossier_code WHERE code = ?1"),
      add_reference_(connection, "INSERT INTO external_ref VALUES(?1, ?2, ?3)"),
      // Rows in one statement cost half of what they cost one by one.
      belongs_(connection, "INSERT OR IGNORE INTO belongs VALUES(?1, ?3, ?2), (?1, ?4, ?2), (?1, ?5, ?2)"),
      belong_(connection, "INSERT OR IGNORE INTO belongs VALUES(?1, ?3, ?2)"),
      token_(connection, "INSERT OR IGNORE INTO search_token VALUES(?1, ?3, ?2)"),
      tokens_(
          connection,
          "INSERT OR IGNORE INTO search_token VALUES(?1, ?3, ?2), (?1, ?4, ?2), (?1, ?5, ?2), (?1, ?6, ?2)"),
      read_block_(connection,
                  "SELECT states, received_min, received_max FROM dossier_block WHERE block = ?1"),
      write_block_(connection, "INSERT OR REPLACE INTO dossier_block VALUES(?1, ?2, ?3, ?4)") {}

std::optional<Present> DossierWriter::find(const core::Uuid& id) {
  Rows rows = find_.rows(blob(id));
  if (!rows.next()) return std::nullopt;
  Present present{rows.integer(0), static_cast<std::uint32_t>(rows.integer(1)), {rows.integer(2), {}}};
  rows.copy(3, present.last.hash);
  return present;
}

bool DossierWriter::code_is_free(const core::Code& code) {
  const std::string turned = day_first(code.text);
  return !code_.rows(turned).next();
}

std::optional<core::Uuid> DossierWriter::holder_of(const core::Code& source, const core::Code& reference) {
  Rows rows = reference_.rows(source.text, reference.text);
  if (!rows.next()) return std::nullopt;
  core::Uuid id;
  rows.copy(0, id.bytes);
  return id;
}

std::int64_t DossierWriter::last_key() {
  Rows rows = last_key_.rows();
  return rows.next() ? rows.integer(0) : 0;
}

void DossierWriter::insert(std::int64_t key, const core::Dossier& after, const Link& last) {
  const std::int64_t procedure = words_.intern(Vocabulary::procedure, after.procedure.text);
  const std::int64_t receiving = words_.intern(Vocabulary::agency, after.receiving_agency.text);
  const std::int64_t competent = words_.intern(Vocabulary::agency, after.competent_agency.text);
  encode_snapshot(after, snapshot_);
  insert_.run(key, blob(after.id), after.version, static_cast<int>(after.state),
              static_cast<int>(after.channel), procedure, receiving, competent, after.received_at.ms,
              last.position, blob(last.hash), blob(snapshot_));
  if (!after.code.empty()) add_code_.run(day_first(after.code.text), key);
  if (!after.external_ref.empty()) add_reference_.run(after.source.text, after.external_ref.text, key);
  belongs_.run(key >> kGenerationBits, key, procedure, receiving, competent);
  for (const core::Code& further : after.further_agencies) {
    belong_.run(key >> kGenerationBits, key, words_.intern(Vocabulary::agency, further.text));
  }
  note_in_block(key, after);
  const FiledRows filed = file_rows(after, words_, WordUse::intern);
  count_open_rows(filed, +1);
  filer_.refile(key, {}, filed);
}

void DossierWriter::update(std::int64_t key, const core::Dossier& before, const core::Dossier& after,
                           const Link& last) {
  const std::int64_t procedure = words_.intern(Vocabulary::procedure, after.procedure.text);
  const std::int64_t receiving = words_.intern(Vocabulary::agency, after.receiving_agency.text);
  const std::int64_t competent = words_.intern(Vocabulary::agency, after.competent_agency.text);
  encode_snapshot(after, snapshot_);
  update_.run(key, after.version, static_cast<int>(after.state), static_cast<int>(after.channel), procedure,
              receiving, competent, after.received_at.ms, last.position, blob(last.hash), blob(snapshot_));
  if (after.code != before.code) {
    if (!before.code.empty()) drop_code_.run(day_first(before.code.text));
    if (!after.code.empty()) add_code_.run(day_first(after.code.text), key);
  }
  for (std::size_t i = before.further_agencies.size(); i < after.further_agencies.size(); ++i) {
    belong_.run(key >> kGenerationBits, key,
                words_.intern(Vocabulary::agency, after.further_agencies[i].text));
  }
  if (after.state != before.state) note_in_block(key, after);
  const FiledRows filed_before = file_rows(before, words_, WordUse::intern);
  const FiledRows filed_after = file_rows(after, words_, WordUse::intern);
  count_open_rows(filed_before, -1);
  count_open_rows(filed_after, +1);
  filer_.refile(key, filed_before, filed_after);
}

void DossierWriter::count_open_rows(const FiledRows& rows, std::int64_t by) {
  for (const ClockRow& row : rows.open) {
    const bool owed = (row.role & kRoleMask) != static_cast<int>(core::ListRole::late_only);
    if (owed && row.view == owing_view(row.owing)) open_change_[static_cast<std::size_t>(row.kind)] += by;
  }
}

void DossierWriter::add_tokens(std::int64_t key, const std::vector<std::uint64_t>& tokens) {
  const auto token = [&](std::size_t i) { return static_cast<std::int64_t>(tokens[i]); };
  const std::int64_t generation = key >> kGenerationBits;
  std::size_t i = 0;
  for (; i + 4 <= tokens.size(); i += 4) {
    tokens_.run(generation, key, token(i), token(i + 1), token(i + 2), token(i + 3));
  }
  for (; i < tokens.size(); ++i) token_.run(generation, key, token(i));
}

DossierWriter::Block DossierWriter::read_block(std::int64_t block, const core::Dossier& dossier) {
  Rows rows = read_block_.rows(block);
  if (rows.next()) return {std::string(rows.bytes(0)), rows.integer(1), rows.integer(2)};
  return {std::string(kBlockSize, '\0'), dossier.received_at.ms, dossier.received_at.ms};
}

void DossierWriter::note_in_block(std::int64_t key, const core::Dossier& dossier) {
  const std::int64_t number = key >> kBlockBits;
  auto known = blocks_.find(number);
  if (known == blocks_.end()) known = blocks_.emplace(number, read_block(number, dossier)).first;
  Block& block = known->second;
  block.received_min = std::min(block.received_min, dossier.received_at.ms);
  block.received_max = std::max(block.received_max, dossier.received_at.ms);
  block.states[static_cast<std::size_t>(key & (kBlockSize - 1))] = static_cast<char>(dossier.state);
}

void DossierWriter::finish_group() {
  for (const auto& [number, block] : blocks_) {
    write_block_.run(number, block.received_min, block.received_max, blob(block.states));
  }
  blocks_.clear();
}

}  // namespace motcua::store::sqlite
