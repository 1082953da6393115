#include "engine/store/sqlite_record_keys.h"

namespace motcua::store::sqlite {
namespace {

constexpr char kOwnKey = 2;
constexpr std::size_t kPlaceEnd = 9;
constexpr std::uint64_t kKeysOfBlock = 1024;
constexpr std::uint64_t kPlacesMax = std::uint64_t{1} << 40;

}  // namespace

RecordKeysEnd::RecordKeysEnd(Connection& connection)
    : end_(connection, "SELECT value FROM meta WHERE name = 'record_keys_end'"),
      move_(connection, "INSERT OR REPLACE INTO meta VALUES('record_keys_end', ?1)") {}

std::int64_t RecordKeysEnd::end() {
  Rows rows = end_.rows();
  return rows.next() ? rows.integer(0) : 0;
}

std::string record_keys_of(Connection& connection) {
  Statement known(connection, "SELECT value FROM meta WHERE name = 'record_keys'");
  Rows rows = known.rows();
  return rows.next() ? std::string(rows.text(0)) : std::string();
}

std::string key_name_of(Connection& connection) {
  Statement known(connection, "SELECT value FROM meta WHERE name = 'key_name'");
  Rows rows = known.rows();
  return rows.next() ? std::string(rows.text(0)) : std::string();
}

void RecordKeysEnd::note(std::string_view sealed) {
  if (sealed.size() < kPlaceEnd || sealed[0] != kOwnKey) return;
  std::uint64_t place = 0;
  for (std::size_t i = 0; i < 8; ++i)
    place |= std::uint64_t{static_cast<std::uint8_t>(sealed[1 + i])} << (8 * i);
  // Not kept in memory: a transaction that is rolled back would take it away behind that.
  if (place >= kPlacesMax || place < static_cast<std::uint64_t>(end())) return;
  move_.run(static_cast<std::int64_t>((place / kKeysOfBlock + 1) * kKeysOfBlock));
}

}  // namespace motcua::store::sqlite
