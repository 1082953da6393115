#pragma once

#include <unordered_map>

#include "engine/store/store.h"

namespace motcua::run {

// Where dossiers are found, asked once for each: for who passes over the whole journal. One thread.
class KnownEnds {
 public:
  // Null: there is no such dossier.
  const store::HistoryEnd* of(store::Counting& counting, std::int64_t key) {
    const auto known = ends_.find(key);
    if (known != ends_.end()) return &known->second;
    for (const store::HistoryEnd& end : counting.history_ends({&key, 1})) {
      return &ends_.emplace(key, end).first->second;
    }
    return nullptr;
  }

 private:
  std::unordered_map<std::int64_t, store::HistoryEnd> ends_;
};

}  // namespace motcua::run
