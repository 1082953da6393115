#include "engine/store/history_chain.h"

#include <string>

namespace motcua::store {

void HistoryChain::follow(const StoredEvent& event) {
  if (event.event.version != ++version_ || event.prev_hash != before_) {
    throw StoreError("the history of dossier " + core::to_string(event.event.dossier) +
                     " is broken at version " + std::to_string(event.event.version) +
                     ": it does not follow the event before");
  }
  before_ = event.hash;
}

}  // namespace motcua::store
