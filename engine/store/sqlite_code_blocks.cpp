#include "engine/store/sqlite_code_blocks.h"

#include "engine/store/sqlite_words.h"

namespace motcua::store::sqlite {
namespace {

CodeBlock block_of(const Rows& rows) {
  CodeBlock block;
  block.key = rows.integer(0);
  rows.copy(1, block.id.bytes);
  block.agency = core::Code(rows.text(2));
  block.on = core::Date{static_cast<std::int32_t>(rows.integer(3))};
  block.drawn_at = core::Instant{rows.integer(4)};
  block.drawn_by = core::Code(rows.text(5));
  if (!rows.is_null(6)) block.returned_at = core::Instant{rows.integer(6)};
  return block;
}

constexpr std::int64_t kAnyDay = INT64_MIN;

}  // namespace

CodeBlocks::CodeBlocks(Connection& connection)
    : find_(
          connection,
          "SELECT b.id, b.agency, b.day, c.voided_at FROM drawn_code c JOIN code_block b ON b.key = c.block "
          "WHERE c.code = ?1"),
      by_id_(connection,
             "SELECT key, id, agency, day, drawn_at, drawn_by, returned_at FROM code_block WHERE id = ?1"),
      codes_(connection, "SELECT code, voided_at FROM drawn_code WHERE block = ?1 ORDER BY number"),
      holder_(connection,
              "SELECT d.id FROM dossier_code c JOIN dossier d ON d.key = c.dossier WHERE c.code = ?1"),
      page_(connection,
            "SELECT key, id, agency, day, drawn_at, drawn_by, returned_at FROM code_block WHERE key < ?1 AND "
            "(?2 = '' OR agency = ?2) AND (?3 = ?4 OR day = ?3) AND (?5 = 0 OR returned_at IS NULL) "
            "ORDER BY key DESC LIMIT ?6"),
      add_block_(connection,
                 "INSERT INTO code_block(id, agency, day, drawn_at, drawn_by) VALUES(?1, ?2, ?3, ?4, ?5)"),
      add_code_(connection, "INSERT INTO drawn_code(code, block, number) VALUES(?1, ?2, ?3)"),
      void_code_(connection, "UPDATE drawn_code SET voided_at = ?3 WHERE code = ?1 AND block = ?2"),
      end_block_(connection, "UPDATE code_block SET returned_at = ?2 WHERE key = ?1") {}

std::optional<DrawnCode> CodeBlocks::find(const core::Code& code) {
  Rows rows = find_.rows(code.text);
  if (!rows.next()) return std::nullopt;
  DrawnCode drawn;
  rows.copy(0, drawn.block.bytes);
  drawn.agency = core::Code(rows.text(1));
  drawn.on = core::Date{static_cast<std::int32_t>(rows.integer(2))};
  drawn.voided = !rows.is_null(3);
  return drawn;
}

std::vector<CodeBlock> CodeBlocks::page(const CodeBlockQuery& query) {
  std::vector<CodeBlock> blocks;
  const std::int64_t day = query.on ? std::int64_t{query.on->days} : kAnyDay;
  Rows rows =
      page_.rows(query.before_key, query.agency.text, day, kAnyDay, query.open_only ? 1 : 0, query.limit);
  while (rows.next()) blocks.push_back(block_of(rows));
  return blocks;
}

std::optional<CodeBlockState> CodeBlocks::state(const core::Uuid& id) {
  CodeBlockState state;
  {
    Rows rows = by_id_.rows(blob(id));
    if (!rows.next()) return std::nullopt;
    state.block = block_of(rows);
  }
  Rows rows = codes_.rows(state.block.key);
  while (rows.next()) {
    BlockCode& code = state.codes.emplace_back();
    code.code = core::Code(rows.text(0));
    code.voided = !rows.is_null(1);
    const std::string turned = day_first(code.code.text);
    Rows holder = holder_.rows(turned);
    if (!holder.next()) continue;
    code.dossier.emplace();
    holder.copy(0, code.dossier->bytes);
  }
  return state;
}

void CodeBlocks::add(const CodeBlockDraw& draw) {
  const CodeBlock& block = draw.block;
  add_block_.run(blob(block.id), block.agency.text, block.on.days, block.drawn_at.ms, block.drawn_by.text);
  const std::int64_t key = add_block_.inserted();
  int number = 0;
  for (const core::Code& code : draw.codes) add_code_.run(code.text, key, ++number);
}

void CodeBlocks::void_codes(std::int64_t block, const CodeBlockReturn& back) {
  for (const core::Code& code : back.codes) void_code_.run(code.text, block, back.at.ms);
  if (back.whole) end_block_.run(block, back.at.ms);
}

}  // namespace motcua::store::sqlite
