#include "api/erasing.h"

namespace motcua::api {

std::unique_ptr<run::Eraser> start_eraser(const ServerConfig& config, store::Store& store,
                                          run::Engine& engine, run::Clock& clock, const run::Keyring& keyring,
                                          Log& log) {
  run::ErasureLedger ledger(erasures_file(config));
  if (ledger.left_out() > 0)
    log.write(LogLevel::warn, "ledger_line_left_out", {{"bytes", static_cast<int>(ledger.left_out())}});
  // A ledger that was lost or cut is made whole again of what the database knows.
  const std::size_t known = ledger.entries().size();
  std::vector<run::ErasureLedger::Entry> done;
  for (const store::Erasure& one : store.personal().erased()) {
    done.push_back({one.dossier, one.decided_at, one.ground});
  }
  ledger.add(done);
  if (const std::size_t lacked = ledger.entries().size() - known; lacked > 0)
    log.write(LogLevel::warn, "ledger_lacked_erasures", {{"dossiers", static_cast<int>(lacked)}});
  const std::size_t repeated = run::repeat_erasures(engine, store, ledger);
  if (repeated > 0) log.write(LogLevel::warn, "erased_again", {{"dossiers", static_cast<int>(repeated)}});
  return std::make_unique<run::Eraser>(
      store, engine, clock, keyring, std::move(ledger),
      [&log](const std::string& cause) {
        log.write(LogLevel::error, "erasure_failed", {{"cause", OwnText{cause}}});
      },
      [&log](const core::Uuid& dossier) {
        log.write(LogLevel::info, "erased", {{"dossier", dossier}});
      });
}

}  // namespace motcua::api
