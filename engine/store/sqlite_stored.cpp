#include "engine/store/sqlite_stored.h"

#include <limits>

#include "engine/store/snapshot_codec.h"

namespace motcua::store::sqlite {
namespace {

constexpr std::string_view kById =
    "SELECT key, id, last_event, head, snapshot FROM dossier WHERE id = ?1 AND key > 0";
constexpr std::string_view kByCode =
    "SELECT d.key, d.id, d.last_event, d.head, d.snapshot FROM dossier_code c JOIN dossier d ON d.key = "
    "c.dossier "
    "WHERE c.code = ?1";
constexpr std::string_view kByKey = "SELECT key, id, last_event, head, snapshot FROM dossier WHERE key = ?1";

}  // namespace

StoredReader::StoredReader(Connection& connection, Words& words)
    : events_(connection, words),
      by_id_(connection, kById),
      by_code_(connection, kByCode),
      by_key_(connection, kByKey) {}

std::optional<Held> StoredReader::by_name(const DossierName& name) {
  if (const auto* id = std::get_if<core::Uuid>(&name)) return first(by_id_.rows(blob(*id)));
  const std::string turned = day_first(std::get<core::Code>(name).text);
  return first(by_code_.rows(turned));
}

std::optional<Held> StoredReader::by_key(std::int64_t key) { return first(by_key_.rows(key)); }

std::optional<Held> StoredReader::first(Rows&& rows) {
  if (!rows.next()) return std::nullopt;
  std::optional<Held> held(std::in_place);
  held->stored.key = rows.integer(0);
  held->last_event = rows.integer(2);
  rows.copy(3, held->stored.head);
  if (decode_snapshot(rows.bytes(4), held->stored.dossier)) return held;
  core::Uuid id;
  rows.copy(1, id.bytes);
  core::Dossier dossier;
  for (const StoredEvent& one :
       events_.read(held->last_event, id, 0, std::numeric_limits<std::uint32_t>::max())) {
    dossier = core::evolve(std::move(dossier), one.event);
  }
  held->stored.dossier = std::move(dossier);
  return held;
}

}  // namespace motcua::store::sqlite
