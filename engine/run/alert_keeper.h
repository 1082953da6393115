#pragma once

#include <optional>
#include <span>

#include "engine/run/engine.h"
#include "engine/run/ticker.h"

namespace motcua::run {

// What persons do with alerts: each answers for itself and its desk. On the writer's thread.
class AlertKeeper {
 public:
  AlertKeeper(store::Store& store, Clock& clock, const Keyring& keyring, Ticker& ticker)
      : store_(store), clock_(clock), keyring_(keyring), ticker_(ticker) {}
  // Rejections: not_recipient, alert_over; of a snooze also snooze_out_of_range and past_due. Throws
  // store::StoreError.
  BlockAnswer keep(const Definitions& definitions, const AlertOrder& order);

 private:
  std::optional<core::Rejection> hindrance(const AlertOrder& order, const store::Alert& alert,
                                           std::span<const std::size_t> answered,
                                           const core::Dossier& dossier, core::Instant now) const;

  store::Store& store_;
  Clock& clock_;
  const Keyring& keyring_;
  Ticker& ticker_;
};

}  // namespace motcua::run
