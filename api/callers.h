#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "api/config.h"
#include "engine/run/clock.h"
#include "engine/run/engine.h"

namespace motcua::api {

// The keys in force, and the roles that they are granted. Any thread.
class KeyBook {
 public:
  using Keys = std::shared_ptr<const Callers>;
  explicit KeyBook(Callers callers) { replace(std::move(callers)); }
  Keys now() const { return std::atomic_load(&keys_); }
  void replace(Callers callers) {
    std::atomic_store(&keys_, Keys(std::make_shared<const Callers>(std::move(callers))));
  }

 private:
  Keys keys_;
};

// A person: what its position gives that day, or those whose deputy it is, and what the keys file grants
// beside it.
Caller person_caller(const run::Definitions& definitions, const Callers& callers, const core::Code& officer,
                     core::Date on);
// The caller of that name as of now, software or a person; nothing when there is none any more.
std::optional<Caller> caller_named(std::string_view id, const run::Engine& engine, run::Clock& clock,
                                   const Callers& callers);
// What the caller's grants let it do that right on, now.
core::Reach reach_of(const run::Engine& engine, run::Clock& clock, const Caller& caller,
                     const Callers& callers, core::Right right);

// The persons who asked of late, as of the definitions, the keys and the day of now. Any thread.
class PersonBook {
 public:
  static constexpr std::size_t kPersonsMax = 4096;

  std::shared_ptr<const Caller> find(const core::Code& officer, const run::Engine& engine, run::Clock& clock,
                                     const KeyBook::Keys& keys);

 private:
  std::mutex mutex_;
  std::shared_ptr<const run::Definitions> definitions_;
  KeyBook::Keys keys_;
  core::Date day_;
  std::map<core::Code, std::shared_ptr<const Caller>> persons_;
};

}  // namespace motcua::api
