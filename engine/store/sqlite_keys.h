#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace motcua::store::sqlite {

// Finds the rows of idempotency keys: from a key to the positions that may hold it, in 8 bytes a key at most
// two thirds full. A B-tree over random keys would dirty a page per command. Positions ascend; less than 2^32
// of them lie between the oldest and the newest.
class KeyMap {
 public:
  using Key = std::array<std::uint8_t, 16>;
  KeyMap();
  // Requires a position that next() gave, larger than all before.
  void add(const Key& key, std::int64_t position);
  // Does nothing when it is not there.
  void remove(const Key& key, std::int64_t position);
  // The first position for which `holds` is true: a few are asked that do not hold the key.
  std::optional<std::int64_t> find(const Key& key, const std::function<bool(std::int64_t)>& holds) const;
  std::int64_t newest() const { return newest_; }
  // The position to give to the next row: never one whose low half is 0, which marks an empty slot.
  std::int64_t next() const {
    return static_cast<std::uint32_t>(newest_ + 1) == 0 ? newest_ + 2 : newest_ + 1;
  }
  // After a rollback: what was added since is asked in vain, and does no harm.
  void step_back(std::int64_t newest) { newest_ = newest; }
  std::size_t size() const { return size_; }

 private:
  struct Slot {
    std::uint32_t tag = 0;
    std::uint32_t low = 0;  // of the position; 0: empty
  };
  std::int64_t position_of(const Slot& slot) const;
  void place(Slot slot);
  void grow();

  std::vector<Slot> slots_;
  std::size_t size_ = 0;
  std::int64_t newest_ = 0;
};

}  // namespace motcua::store::sqlite
