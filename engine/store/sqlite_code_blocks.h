#pragma once

#include <optional>
#include <vector>

#include "engine/store/sqlite_db.h"
#include "engine/store/store.h"

namespace motcua::store::sqlite {

// The tables of codes drawn in advance, for the writer and for readers.
class CodeBlocks {
 public:
  explicit CodeBlocks(Connection& connection);
  std::optional<DrawnCode> find(const core::Code& code);
  std::vector<CodeBlock> page(const CodeBlockQuery& query);
  std::optional<CodeBlockState> state(const core::Uuid& id);

  // Inside a transaction. Requires that no row has one of the codes.
  void add(const CodeBlockDraw& draw);
  void void_codes(std::int64_t block, const CodeBlockReturn& back);

 private:
  Statement find_, by_id_, codes_, holder_, page_;
  Statement add_block_, add_code_, void_code_, end_block_;
};

}  // namespace motcua::store::sqlite
