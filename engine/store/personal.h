#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/core/dossier.h"

namespace motcua::store {

// Where what persons typed was read unmasked, or somebody was looked for by it.
enum class AccessKind { owner, slip, book, notices, alert, person, search };

// One entry of the access log.
struct Access {
  std::int64_t position = 0;  // given by the store
  core::Instant at;
  core::Uuid request;
  core::Code caller;
  core::Code officer;                 // empty: software searched, and named none
  std::optional<core::Uuid> dossier;  // nothing: the entry is of no single dossier, or none was found
  AccessKind what = AccessKind::owner;
  std::string sealed;                     // the reason; its key goes with those of the dossier
  std::array<std::uint8_t, 32> hash{};    // given by the store, as of the next one
  std::array<std::uint8_t, 32> before{};  // of the entry before it
};

// An entry by its place and its hash, which covers all entries before it. Position 0: before the first.
struct AccessMark {
  std::int64_t position = 0;
  std::array<std::uint8_t, 32> hash{};
  bool operator==(const AccessMark&) const = default;
};

// The newest first, before a position.
struct AccessQuery {
  std::optional<core::Uuid> dossier;
  core::Code caller;   // empty: any
  core::Code officer;  // empty: any
  std::optional<core::Instant> from;
  std::optional<core::Instant> until;  // the first instant that is too late
  std::int64_t before = std::numeric_limits<std::int64_t>::max();
  int limit = 50;
};
struct AccessPage {
  std::vector<Access> entries;
  std::int64_t last = 0;  // the position down to which was looked
  bool more = false;
};

// An erasure that was decided, and what it must still destroy.
struct Erasure {
  core::Uuid dossier;
  core::Instant decided_at;
  core::ErasureGround ground = core::ErasureGround::retention_over;
  std::vector<std::string> sealed;  // all records of the dossier
};

// A sealed record as it lies there.
struct SealedRecord {
  std::int64_t key = 0;
  core::Uuid dossier;
  std::uint32_t version = 0;
  std::string sealed;
};

// What a store keeps of personal data beside the sealed records of versions. Any thread, but for what is said
// to be of the writer's; lives as long as the store. Reads see every write acknowledged before.
class PersonalData {
 public:
  virtual ~PersonalData() = default;
  // One transaction, on the writer's thread.
  virtual void note(std::span<const Access> entries) = 0;
  // Whether an erasure of the dossier was decided. On the writer's thread.
  virtual bool is_erased(const core::Uuid& dossier) = 0;
  // All erasures that are done, without their records.
  virtual std::vector<Erasure> erased() = 0;
  // Looks at a bounded number of entries: a page may be empty, and more may follow.
  virtual AccessPage accesses(const AccessQuery& query) = 0;
  // The position of the first entry that is not the one that was written; nothing: all are.
  virtual std::optional<std::int64_t> broken_access() = 0;
  // The newest entry of the access log; and the one at a place, or nothing.
  virtual AccessMark access_end() = 0;
  virtual std::optional<AccessMark> access_at(std::int64_t position) = 0;

  virtual std::vector<Erasure> to_erase(int limit) = 0;
  virtual std::int64_t count_to_erase() = 0;
  // Their keys were destroyed: the records go, in one transaction, on the writer's thread.
  virtual void finish_erasures(std::span<const core::Uuid> dossiers, core::Instant at) = 0;
  // Nothing of what was written before is in the log any more. False while a reader stands in the way. On the
  // writer's thread.
  virtual bool empty_log() = 0;

  // Records whose first byte is that one, in order; looks at a bounded number of rows. `last` is the key up
  // to which was looked, the largest number when there are no more.
  virtual std::vector<SealedRecord> sealed_as(char format, std::int64_t after, std::int64_t& last) = 0;
  // On the writer's thread. `whole`: from now on there are no others (is_sealed_anew).
  virtual void seal_again(std::span<const SealedRecord> records, bool whole) = 0;
  virtual bool is_sealed_anew() = 0;
};

}  // namespace motcua::store

namespace motcua::core {

template <>
struct EnumWords<store::AccessKind> {
  static constexpr int first = 0;
  static constexpr std::string_view words[] = {"owner", "slip",   "book",  "notices",
                                               "alert", "person", "search"};
};

}  // namespace motcua::core
