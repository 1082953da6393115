#include "engine/store/sqlite_keys.h"

#include <cstring>

namespace motcua::store::sqlite {
namespace {

constexpr std::size_t kSmallest = 1024;

std::uint32_t tag_of(const KeyMap::Key& key) {
  std::uint32_t tag = 0;
  std::memcpy(&tag, key.data(), sizeof tag);  // keys are digests: any four bytes are random
  return tag;
}

}  // namespace

KeyMap::KeyMap() : slots_(kSmallest) {}

std::int64_t KeyMap::position_of(const Slot& slot) const {
  // The newest position whose low half this is.
  const auto behind = static_cast<std::uint32_t>(static_cast<std::uint32_t>(newest_) - slot.low);
  return newest_ - static_cast<std::int64_t>(behind);
}

void KeyMap::add(const Key& key, std::int64_t position) {
  newest_ = position;
  if (3 * (size_ + 1) > 2 * slots_.size()) grow();
  place({tag_of(key), static_cast<std::uint32_t>(position)});
  ++size_;
}

void KeyMap::place(Slot slot) {
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = slot.tag & mask;
  while (slots_[at].low != 0) at = (at + 1) & mask;
  slots_[at] = slot;
}

void KeyMap::grow() {
  std::vector<Slot> old(slots_.size() * 2);
  old.swap(slots_);
  for (const Slot& slot : old) {
    if (slot.low != 0) place(slot);
  }
}

void KeyMap::remove(const Key& key, std::int64_t position) {
  const std::size_t mask = slots_.size() - 1;
  const auto low = static_cast<std::uint32_t>(position);
  std::size_t hole = tag_of(key) & mask;
  while (slots_[hole].low != 0 && slots_[hole].low != low) hole = (hole + 1) & mask;
  if (slots_[hole].low == 0) return;
  --size_;
  // Slots behind the hole move up, so that a search never ends too early.
  for (std::size_t next = (hole + 1) & mask; slots_[next].low != 0; next = (next + 1) & mask) {
    const std::size_t home = slots_[next].tag & mask;
    if (((next - home) & mask) < ((next - hole) & mask)) continue;
    slots_[hole] = slots_[next];
    hole = next;
  }
  slots_[hole] = {};
}

std::optional<std::int64_t> KeyMap::find(const Key& key,
                                         const std::function<bool(std::int64_t)>& holds) const {
  const std::size_t mask = slots_.size() - 1;
  const std::uint32_t tag = tag_of(key);
  for (std::size_t at = tag & mask; slots_[at].low != 0; at = (at + 1) & mask) {
    if (slots_[at].tag != tag) continue;
    const std::int64_t position = position_of(slots_[at]);
    if (holds(position)) return position;
  }
  return std::nullopt;
}

}  // namespace motcua::store::sqlite
