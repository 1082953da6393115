#include "engine/store/sqlite_late_ends.h"

#include "engine/store/digest.h"

namespace motcua::store::sqlite {
namespace {

constexpr std::string_view kSumName = "late_ends ";  // and the month
constexpr std::size_t kSumBytes = 16;

using LateSums = std::map<std::string, LateSum>;

void put_part(std::string& out, std::uint64_t value) {
  for (int i = 0; i < 8; ++i) out += static_cast<char>(value >> (8 * i) & 255);
}

std::uint64_t part_of(std::string_view bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < 8; ++i) value |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
  return value;
}

std::string bytes_of_sum(const LateSum& sum) {
  std::string bytes;
  put_part(bytes, static_cast<std::uint64_t>(sum.rows));
  put_part(bytes, sum.digests);
  return bytes;
}

LateSum sum_of_bytes(std::string_view bytes) {
  if (bytes.size() != kSumBytes) throw StoreError("the database is damaged: a sum of late ends is none");
  return {static_cast<std::int64_t>(part_of(bytes)), part_of(bytes.substr(8))};
}

std::string late_month(core::Instant at) {
  return core::format_date(core::local_date(at, core::kVietnamOffsetMinutes)).substr(0, 7);
}

std::string sum_name(const std::string& month) { return std::string(kSumName) + month; }

LateSums sums_of_rows(Connection& connection, std::int64_t from_position) {
  LateSums sums;
  Statement all(connection,
                "SELECT position, dossier, occurred_at, competent, unit, missed_since FROM main.late_end "
                "WHERE position >= ?1");
  Rows rows = all.rows(from_position);
  while (rows.next()) {
    const LateEndRow row{rows.integer(0), rows.integer(1), {rows.integer(2)},
                         rows.integer(3), rows.integer(4), {rows.integer(5)}};
    sums[late_month(row.occurred_at)].add(row);
  }
  return sums;
}

LateSums sums_kept(Connection& connection) {
  LateSums sums;
  Statement all(connection, "SELECT name, value FROM meta WHERE name > ?1 AND name < ?2");
  const std::string after = sum_name("");
  const std::string before = sum_name("~");
  Rows rows = all.rows(after, before);
  while (rows.next()) sums[std::string(rows.text(0).substr(kSumName.size()))] = sum_of_bytes(rows.bytes(1));
  return sums;
}

}  // namespace

void LateSum::add(const LateEndRow& row) {
  std::string bytes;
  for (const std::int64_t one :
       {row.position, row.dossier, row.occurred_at.ms, row.competent, row.unit, row.missed_since.ms}) {
    put_part(bytes, static_cast<std::uint64_t>(one));
  }
  const auto digest = sha256(bytes);
  ++rows;
  digests += part_of({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

LateEndWriter::LateEndWriter(Connection& connection)
    : add_(connection, "INSERT INTO late_end VALUES(?1, ?2, ?3, ?4, ?5, ?6)"),
      sum_(connection, "SELECT value FROM meta WHERE name = ?1"),
      set_sum_(connection, "INSERT OR REPLACE INTO meta VALUES(?1, ?2)") {}

void LateEndWriter::add(const LateEndRow& row) {
  add_.run(row.position, row.dossier, row.occurred_at.ms, row.competent, row.unit, row.missed_since.ms);
  added_[late_month(row.occurred_at)].add(row);
}

void LateEndWriter::finish_group() {
  for (const auto& [month, added] : added_) {
    const std::string name = sum_name(month);
    LateSum sum;
    {
      Rows rows = sum_.rows(name);
      if (rows.next()) sum = sum_of_bytes(rows.bytes(0));
    }
    sum.rows += added.rows;
    sum.digests += added.digests;
    const std::string bytes = bytes_of_sum(sum);
    set_sum_.run(name, blob(bytes));
  }
  added_.clear();
}

void renew_late_sums(Connection& connection) {
  Statement drop(connection, "DELETE FROM meta WHERE name > ?1 AND name < ?2");
  Statement add(connection, "INSERT INTO meta VALUES(?1, ?2)");
  const std::string after = sum_name("");
  const std::string before = sum_name("~");
  drop.run(after, before);
  const LateSums sums = sums_of_rows(connection, 0);
  for (const auto& [month, sum] : sums) {
    const std::string name = sum_name(month);
    const std::string bytes = bytes_of_sum(sum);
    add.run(name, blob(bytes));
  }
}

std::vector<std::string> unsound_late_months(Connection& connection, std::int64_t from_position,
                                             const std::string& first) {
  LateSums found = sums_of_rows(connection, from_position);
  const LateSums written = sums_kept(connection);
  for (const auto& [month, sum] : written) found.try_emplace(month);  // of which no row is left
  std::vector<std::string> unsound;
  for (const auto& [month, sum] : found) {
    const auto known = written.find(month);
    if (month >= first && (known == written.end() || known->second != sum)) unsound.push_back(month);
  }
  return unsound;
}

}  // namespace motcua::store::sqlite
