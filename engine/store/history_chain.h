#pragma once

#include <cstdint>

#include "engine/store/store.h"

namespace motcua::store {

// Follows the history of one dossier event by event, from its first.
class HistoryChain {
 public:
  // Throws StoreError where the event does not follow the one before it.
  void follow(const StoredEvent& event);
  std::uint32_t version() const { return version_; }

 private:
  Hash before_{};
  std::uint32_t version_ = 0;
};

}  // namespace motcua::store
